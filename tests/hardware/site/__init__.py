"""The site: pages, roles and directives, PDF."""
