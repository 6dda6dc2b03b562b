"""256 words that are spelled alike in English and in French, so that two people can compare them in either."""

_LIST = """
    album ambulance animal aquarium arcade artisan atlas attention audience avalanche avenue aviation baguette banjo
    banquet baobab bison bonbon boulevard bouquet boutique brioche bronze brunch buffet bungalow bureau cactus
    camembert canyon caramel cargo caribou cascade casino chalet champagne champion chef chrome circuit client club
    cobra cocktail cognac collage concert condor confetti continent cottage couple coyote crayon crocodile croissant
    croquet cube cuisine culture curry cyclamen cyclone dahlia dessert dialogue direction distance dollar domino
    double dragon dune ensemble espresso excursion fanfare ferry festival fiction film fjord focus football forum
    fruit fuchsia garage gazelle geyser glacier gnome golf gourmet grain granite guide habitat haiku halo hamburger
    hamster handball harmonica hibiscus hockey horizon iceberg igloo image iris jaguar jazz joker journal judo
    jungle kayak ketchup kimono kiwi koala lasagne lion lotus lynx macaroni machine magazine magnolia marathon
    marina mascara melon meringue mimosa minute mobile moment mousse mustang nature nectar nectarine nougat oasis
    okapi olive omelette onyx orange origami palette panda panorama papyrus parachute parade parmesan parquet pesto
    photo phrase piano pigeon pirate pizza plaque plateau pollen polo poncho portrait poster prairie promenade puma
    puzzle python quartz question quiche radar radio raisin ravioli reptile risotto robot rose rugby safari salami
    sandwich sardine satellite sauna saxophone science scooter scorpion sculpture serpent silence sofa sonnet
    soprano sorbet source souvenir spaghetti station statue steak surprise sushi tableau tango tapioca tartan tatami
    taxi tennis termite terrain thermos ticket tiramisu toboggan tofu tombola triangle trombone tropical tunnel
    turban turbine turquoise tutu vase vibration villa village violet volt voyage wagon wombat xylophone yacht yoga
    yucca zigzag zinc zone
"""
WORDS: tuple[str, ...] = tuple(_LIST.split())


def words_of(octets: bytes) -> tuple[str, ...]:
    """One word for each octet."""
    return tuple(WORDS[octet] for octet in octets)
