"""Pictures of what a person sees who makes a kit: terminals, pages, what is printed. The real programs are run."""

from hardware.site.shots.make import make_shots

__all__ = ["make_shots"]
