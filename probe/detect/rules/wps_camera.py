"""A device that calls itself a surveillance camera in Wi-Fi Protected Setup."""

from datetime import date

from probe.contract.evidence import WpsEvidence
from probe.contract.sighting import Strength
from probe.detect.catalogue import Catalogue, Status
from probe.detect.rule import Finding, Transmission, address_of, claims_of, globally_administered, row_evidence


class WpsCamera:
    name = "wps-camera"
    version = 1
    revised = date(2026, 11, 24)
    finds = (
        "The primary device type of a surveillance camera (category 4, subcategory 4) in Wi-Fi Protected Setup, from a "
        "globally administered address. Strong where the address block belongs to a maker of fixed cameras as well."
    )
    false_positives = (
        "Web cameras at home that choose this type. Still, video and web cameras (subcategories 1 to 3) are carried "
        "about or kept at home and do not match. No capture of a real camera was at hand: the type is from the "
        "specification alone, hence weak."
    )

    def examine(self, heard: Transmission, catalogue: Catalogue) -> Finding | None:
        setup = heard.setup
        if setup is None or setup.device_type is None or not globally_administered(heard.transmitter):
            return None
        row = catalogue.value_of("wps", setup.device_type)
        if row is None or row.status is not Status.ACTIVE:
            return None
        maker = catalogue.vendor_of(heard.transmitter)
        known = maker is not None and maker.status is Status.ACTIVE and maker.strong and maker.kind != "bridge"
        seen = WpsEvidence(manufacturer=setup.manufacturer, model=setup.model, device_type=setup.device_type)
        strength = Strength.STRONG if known else Strength.WEAK
        evidence = (seen, address_of(heard), row_evidence(maker if known and maker is not None else row))
        return Finding(
            rule=self.name,
            version=self.version,
            evidence=evidence,
            claims=claims_of(
                maker if known and maker is not None else row,
                present=strength,
                vendor=strength,
                kind=Strength.WEAK,
                evidence=(0, 1, 2),
            ),
        )


RULE = WpsCamera()
