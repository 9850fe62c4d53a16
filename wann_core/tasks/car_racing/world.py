"""The car and the track of CarRacing-v3 in Box2D itself, for the frames that an encoder is trained on.

Episodes run in lanes, with the same bits (``lanes``), but there a car cannot be placed anywhere on a road and pushed.

The car is built body by body as Gymnasium builds it, because this order sets the order in which Box2D solves, and so
every digit. Three simplifications change no digit: all tiles are fixtures of one body, the hull does not touch them
(Gymnasium checks only the wheels), and a track's world is used again with a new car. No solid bodies ever touch in it,
so a world keeps no state of an earlier car.

Source: Farama Gymnasium, ``envs/box2d/car_racing.py`` and ``car_dynamics.py`` (MIT licence); restated, no code is
copied.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np

from wann_core.errors import WannError
from wann_core.networks.arrays import Floats
from wann_core.optional_packages import load
from wann_core.tasks.car_racing.shape import HULL, WHEEL_AT, WHEEL_HALF_W, WHEEL_R
from wann_core.tasks.car_racing.track import ROAD_0, Track, track_of

Body = Any  # Box2D has no type information
Contact = Any

STEP_S: Final = 1.0 / 50.0
VELOCITY_ITERATIONS: Final = 180
POSITION_ITERATIONS: Final = 60
LAP_SHARE: Final = 0.95
_STEERING_LIMIT_RAD: Final = 0.4
_STEERING_TORQUE_NM: Final = 180 * 900 * 0.02 * 0.02
_WHEEL_BITS: Final = 0x0020
_TILE_BITS: Final = 0x0001


class MissingBox2DError(WannError):
    """Box2D, the physics of the car, is not installed."""


@cache
def _box2d() -> Any:  # noqa: ANN401  # an optional package has no types
    return load(
        "Box2D",
        MissingBox2DError(
            "the frames to train an encoder on need Box2D, which is not installed: run "
            "`pip install 'gymnasium[box2d]'` with a Python that Box2D has a wheel for (3.14 has none yet); "
            "everything else works without it"
        ),
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """Box2D definitions, used again for every car: it copies what it is given."""

    hull: tuple[Any, ...]
    wheels: tuple[Any, ...]
    listener_type: type[Any]


@cache
def _parts() -> _Parts:
    box2d = _box2d()

    class Contacts(box2d.b2ContactListener):  # type: ignore[misc, name-defined]  # Box2D has no type information
        """Counts what each wheel touches, and the tiles visited.

        A tile's fixture carries its number, a wheel's the complement of its own: -1 to -4.
        """

        def __init__(self, track: Track) -> None:
            super().__init__()
            self.inks_of_track = track.colours
            self.polygon_of = np.flatnonzero(track.tile_of >= 0)
            self.inks = track.colours.copy()
            self.on_road = np.zeros(4, dtype=np.int64)
            self.n_tiles = track.n_tiles
            self.is_visited: list[bool] = []
            self.n_visited = self.n_new = 0
            self.lap_done = False
            self.reset()

        def reset(self) -> None:
            """Forget everything, for a new car."""
            self.is_visited = [False] * self.n_tiles
            self.inks[:] = self.inks_of_track
            self.on_road[:] = 0
            self.n_visited = self.n_new = 0
            self.lap_done = False

        def BeginContact(self, contact: Contact) -> None:  # noqa: N802  # Box2D's name
            tile, wheel = contact.fixtureA.userData, contact.fixtureB.userData
            if tile < 0:
                tile, wheel = wheel, tile
            self.on_road[~wheel] += 1
            if not self.is_visited[tile]:
                self.is_visited[tile] = True
                self.n_new += 1
                self.n_visited += 1
                self.inks[self.polygon_of[tile]] = ROAD_0
                if tile == 0 and self.n_visited / self.n_tiles > LAP_SHARE:
                    self.lap_done = True

        def EndContact(self, contact: Contact) -> None:  # noqa: N802  # Box2D's name
            wheel = min(contact.fixtureA.userData, contact.fixtureB.userData)
            self.on_road[~wheel] -= 1

    shape, fixture = box2d.b2PolygonShape, box2d.b2FixtureDef
    w, r = WHEEL_HALF_W, WHEEL_R
    corners = [(-w, r), (w, r), (w, -r), (-w, -r)]
    return _Parts(
        # No mask: in Gymnasium the hull touches the tiles, but only as a sensor that is never read.
        hull=tuple(fixture(shape=shape(vertices=list(part)), density=1.0, maskBits=0) for part in HULL),
        wheels=tuple(
            fixture(
                shape=shape(vertices=corners),
                density=0.1,
                categoryBits=_WHEEL_BITS,
                maskBits=_TILE_BITS,
                restitution=0.0,
                userData=~w,
            )
            for w in range(4)
        ),
        listener_type=Contacts,
    )


class Road:
    """A track in a Box2D world of its own, for one car after another.

    Attributes:
        track: the track.
        world: Box2D's.
        contacts: who touches what.
    """

    __slots__ = ("_car", "contacts", "track", "world")

    def __init__(self, seed: int) -> None:
        box2d = _box2d()
        self.track = track_of(seed)
        self.contacts = _parts().listener_type(self.track)
        self.world = box2d.b2World(gravity=(0, 0), contactListener=self.contacts)
        ground = self.world.CreateStaticBody()
        shape = box2d.b2PolygonShape(vertices=[(0, 0), (1, 0), (1, -1), (0, -1)])
        definition = box2d.b2FixtureDef(shape=shape)
        definition.isSensor = True
        for number, tile in enumerate(self.track.tiles):
            shape.vertices = list(tile)
            definition.shape = shape
            definition.userData = number
            ground.CreateFixture(definition)
        self._car: list[Any] = []

    def replace_car(self, car: list[Body]) -> None:
        """Remove the old car from the world, and remember the new one for the next time."""
        for body in self._car:
            self.world.DestroyBody(body)
        self._car = car
        self.contacts.reset()


class Car:
    """A car on a road, which replaces the previous car."""

    __slots__ = ("_forces", "_joints", "_position", "_velocities", "_wheels", "hull")

    def __init__(self, road: Road, place: tuple[float, float, float]) -> None:
        """Place the car at ``place``: angle in rad, x and y in m."""
        box2d, parts, world = _box2d(), _parts(), road.world
        angle, x, y = place
        road.replace_car([])
        self.hull: Body = world.CreateDynamicBody(position=(x, y), angle=angle, fixtures=list(parts.hull))
        self._wheels: list[Body] = []
        self._joints: list[Any] = []
        for definition, (dx, dy) in zip(parts.wheels, WHEEL_AT.tolist(), strict=True):
            wheel = world.CreateDynamicBody(position=(x + dx, y + dy), angle=angle, fixtures=definition)
            joint = box2d.b2RevoluteJointDef(
                bodyA=self.hull,
                bodyB=wheel,
                localAnchorA=(dx, dy),
                localAnchorB=(0, 0),
                enableMotor=True,
                enableLimit=True,
                maxMotorTorque=_STEERING_TORQUE_NM,
                motorSpeed=0,
                lowerAngle=-_STEERING_LIMIT_RAD,
                upperAngle=_STEERING_LIMIT_RAD,
            )
            self._wheels.append(wheel)
            self._joints.append(world.CreateJoint(joint))
        road.replace_car([self.hull, *self._wheels])
        # Views, which follow their body, and bound methods are looked up once.
        self._position = self.hull.position
        self._velocities = tuple(wheel.linearVelocity for wheel in self._wheels)
        self._forces = tuple(wheel.ApplyForceToCenter for wheel in self._wheels)

    def push(self, speed_m_s: float) -> None:
        """Let the car roll ahead."""
        velocity = self.hull.GetWorldVector((0.0, speed_m_s))
        for body in (self.hull, *self._wheels):
            body.linearVelocity = velocity

    def read(self, pose: Floats) -> None:
        """Write place, angles and velocities to (15,) ``pose``; see ``senses.X`` and the following."""
        place, hull = self._position, self.hull
        wheel_1, wheel_2, wheel_3, wheel_4 = self._wheels
        v_1, v_2, v_3, v_4 = self._velocities
        pose[:] = (
            place.x, place.y, hull.angle, wheel_1.angle, wheel_2.angle, wheel_3.angle, wheel_4.angle,
            v_1.x, v_2.x, v_3.x, v_4.x, v_1.y, v_2.y, v_3.y, v_4.y,
        )  # fmt: skip

    def command(self, commands: Floats) -> None:
        """Set joint speeds and forces from (3, 4) ``commands``; see ``senses.SPEED`` and the following."""
        speeds, xs, ys = commands.tolist()
        for joint, force, speed, x, y in zip(self._joints, self._forces, speeds, xs, ys, strict=True):
            joint.motorSpeed = speed
            force((x, y), True)
