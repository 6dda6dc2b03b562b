"""Which pin of which board goes where. The kits' two boards are in the table; `of` finds the right one by itself.

Names are as CircuitPython's module `board` has them: IO4 is the pin that says 4 on the board. The wiring drawings of
hardware/ are tested against this table. Two-wire parts sit on two pins side by side where there are two: one carries
the signal, the other is held low and is their ground. A board has four pins of ground, and six parts want one.

Left alone, by Espressif's user guides of the two boards: what decides how the chip starts (S3: 0, 3, 45, 46; C5: 2, 3,
7, 25 to 28), USB (S3: 19, 20; C5: 13, 14), the second port (S3: 43, 44; C5: 11, 12), memory (S3: 35 to 37; C5: 15), the
light on the board (S3: 38, 48; C5: 27).
"""


class Pins:
    """A board's pins. None for what is not there.

    button, buzzer, light: to their neighbour in `low`, else to ground. motor: the IN of a module with a transistor.
    receiver: (TX, RX); we never talk to the receiver, so TX is None and one wire fewer can be wrong. wires: (SCL, SDA).
    low: held at 0 V. high: held at 3.3 V, for a compass where the board has one 3V3 pin only: at most 20 mA.
    """

    def __init__(self, button, buzzer, light, motor, receiver, wires, low=(), high=()):
        self.button, self.buzzer, self.light, self.motor = button, buzzer, light, motor
        self.receiver, self.wires = receiver, wires
        self.low, self.high = low, high


S3 = Pins(
    button="IO4",
    light="IO6",
    buzzer="IO15",
    motor="IO10",
    receiver=(None, "IO18"),
    wires=("IO9", "IO8"),
    low=("IO5", "IO7", "IO16"),
)
C5 = Pins(
    button="IO4",
    light="IO0",
    buzzer="IO6",
    motor="IO24",
    receiver=(None, "IO23"),
    wires=("IO9", "IO8"),
    low=("IO5", "IO1"),
    high=("IO10",),
)
BOARDS = {"s3": S3, "c5": C5}
# Parts of `board.board_id`. Other boards have other pins under the same numbers, so they get none unless settings.toml
# says CONTRECHAMP_PINS = "s3" or "c5".
IDS = (("esp32s3_devkitc", "s3"), ("yd_esp32_s3", "s3"), ("esp32c5_devkitc", "c5"))

RECEIVER_BAUD = 9600  # another one: CONTRECHAMP_BAUD = 38400 in settings.toml

# In its chip, the ICM-20948's magnetometer lies the other way round: its Y and Z run against the accelerometer's, as
# InvenSense's data sheet draws them, and Adafruit's library gives both as they come. Not seen on a real one.
STRAIGHT, TURNED = (1, 1, 1), (1, -1, -1)
# Magnetometer and accelerometer by (library, class) or (library, class, address), then the signs that give the field
# the accelerometer's axes; tried in this order. The libraries come from Adafruit's bundle: `circup install
# adafruit_lis2mdl adafruit_lsm303_accel` copies those of the Scout's compass onto the board, `circup install
# adafruit_icm20x` that of the Surveyor's.
COMPASSES = (
    (("adafruit_lis2mdl", "LIS2MDL"), ("adafruit_lsm303_accel", "LSM303_Accel"), STRAIGHT),  # LSM303AGR
    (("adafruit_icm20x", "ICM20948"), ("adafruit_icm20x", "ICM20948"), TURNED),
    (("adafruit_icm20x", "ICM20948", 0x68), ("adafruit_icm20x", "ICM20948", 0x68), TURNED),  # most copies
    (("adafruit_lis3mdl", "LIS3MDL"), ("adafruit_lsm6ds.lsm6dsox", "LSM6DSOX"), STRAIGHT),
    # GY-511; never says no
    (("adafruit_lsm303dlh_mag", "LSM303DLH_Mag"), ("adafruit_lsm303_accel", "LSM303_Accel"), STRAIGHT),
)


def of(board_id, wanted=None):
    """The pins of a board by its `board.board_id`, or those that its owner wants ("s3", "c5"); None for neither."""
    if wanted is not None:
        return BOARDS.get(wanted.lower())
    for part, name in IDS:
        if part in board_id:
            return BOARDS[name]
    return None
