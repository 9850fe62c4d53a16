"""The walker of BipedalWalker-v3 in Box2D, with a minimal stepping loop.

The world is built body by body as Gymnasium builds it, because this order sets the order in which Box2D solves, and so
every digit. Each episode needs a new world: a reused world keeps enough state to change the episode of the same seed.

Source: Farama Gymnasium, ``envs/box2d/bipedal_walker.py`` (MIT licence); restated, no code is copied.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import numpy as np

from wann_core.errors import WannError
from wann_core.networks.arrays import Floats
from wann_core.networks.network import Network
from wann_core.optional_packages import load
from wann_core.tasks.biped.senses import (
    FIRST_RAY,
    MAX_STEPS,
    N_INPUTS,
    N_RAYS,
    REWARD,
    STEPS,
    TERMINATED,
    TOTAL,
    new_ledger,
    react,
)
from wann_core.tasks.biped.terrain import HEIGHT_M, N_VERTICES, SCALE, START_PAD, STEP_M, terrain_of

Body = Any  # Box2D has no type information
Contact = Any

STEP_S: Final = 1.0 / 50.0
VELOCITY_ITERATIONS: Final = 180
POSITION_ITERATIONS: Final = 60
LEG_DOWN_M: Final = -8.0 / SCALE
LEG_WIDTH_M: Final = 8.0 / SCALE
LEG_HEIGHT_M: Final = 34.0 / SCALE
HULL_M: Final = tuple((x / SCALE, y / SCALE) for x, y in ((-30, 9), (6, 9), (34, 1), (34, -8), (-30, -8)))
"""Outline of the hull in its own frame."""
_FRICTION: Final = 2.5
_GROUND_BITS: Final = 0x0001
_WALKER_BITS: Final = 0x0020


class MissingBox2DError(WannError):
    """Box2D, the physics of the biped, is not installed."""


@dataclass(slots=True)
class Trace:
    """The record of ``run_episode``: one list entry per step (``poses`` also has the start).

    Attributes:
        poses: 27 numbers each: x, y in m and angle in rad of hull, upper and lower first leg, upper and lower second
            leg; whether each foot stands; the lidar's ten fractions.
        observations: 24 numbers each.
        actions: 4 numbers each.
        rewards: one number each.
        is_terminated: the episode ended by its own rule.
    """

    poses: list[tuple[float, ...]] = field(default_factory=list)
    observations: list[Floats] = field(default_factory=list)
    actions: list[Floats] = field(default_factory=list)
    rewards: list[float] = field(default_factory=list)
    is_terminated: bool = False


@cache
def _box2d() -> Any:  # noqa: ANN401  # an optional package has no types
    return load(
        "Box2D",
        MissingBox2DError(
            "simulating the biped needs Box2D, which is not installed: run `pip install 'gymnasium[box2d]'` with a "
            "Python that Box2D has a wheel for (3.14 has none yet); everything else works without it"
        ),
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """Box2D definitions, used again for every world: it copies what it is given."""

    static_body: Any
    edge: Any
    ground: Any
    hull: Any
    upper_leg: Any
    lower_leg: Any
    listener_type: type[Any]


@cache
def _parts() -> _Parts:
    box2d = _box2d()

    class Contacts(box2d.b2ContactListener):  # type: ignore[misc, name-defined]  # Box2D has no type information
        """Notes who touches the ground.

        A foot's flag is Gymnasium's: any new contact sets it, and any ended contact clears it, even if another one
        continues.
        """

        # Box2D calls these for every contact and step; a C function that does nothing is the cheapest.
        PreSolve = staticmethod(operator.is_)
        PostSolve = staticmethod(operator.is_)

        def __init__(self) -> None:
            super().__init__()
            self.hull: Any = None
            self.first_foot: Any = None
            self.second_foot: Any = None
            self.has_fallen = False
            self.first_stands = 0.0
            self.second_stands = 0.0

        def BeginContact(self, contact: Contact) -> None:  # noqa: N802  # Box2D's name
            body = contact.fixtureB.body  # the ground's edge is always fixture A
            if body == self.first_foot:
                self.first_stands = 1.0
            elif body == self.second_foot:
                self.second_stands = 1.0
            elif body == self.hull:
                self.has_fallen = True

        def EndContact(self, contact: Contact) -> None:  # noqa: N802  # Box2D's name
            body = contact.fixtureB.body
            if body == self.first_foot:
                self.first_stands = 0.0
            elif body == self.second_foot:
                self.second_stands = 0.0

    edge = box2d.b2EdgeShape(vertices=[(0.0, 0.0), (1.0, 1.0)])
    of_walker = {"categoryBits": _WALKER_BITS, "maskBits": _GROUND_BITS, "restitution": 0.0}
    box = box2d.b2PolygonShape
    return _Parts(
        static_body=box2d.b2BodyDef(type=box2d.b2_staticBody),
        edge=edge,
        ground=box2d.b2FixtureDef(shape=edge, friction=_FRICTION, categoryBits=_GROUND_BITS),
        hull=box2d.b2FixtureDef(shape=box(vertices=list(HULL_M)), density=5.0, friction=0.1, **of_walker),
        upper_leg=box2d.b2FixtureDef(shape=box(box=(LEG_WIDTH_M / 2, LEG_HEIGHT_M / 2)), density=1.0, **of_walker),
        lower_leg=box2d.b2FixtureDef(
            shape=box(box=(0.8 * LEG_WIDTH_M / 2, LEG_HEIGHT_M / 2)), density=1.0, **of_walker
        ),
        listener_type=Contacts,
    )


class Walker:
    """One episode's world, before its first physics step.

    Attributes:
        world: Box2D's.
        hull: body.
        legs: upper, lower, upper, lower.
        joints: hip, knee, hip, knee.
        contacts: who touches the ground.
        terrain: the ground.
    """

    __slots__ = ("contacts", "hull", "joints", "legs", "terrain", "world")

    def __init__(self, seed: int) -> None:
        box2d, parts = _box2d(), _parts()
        self.terrain = terrain_of(seed)
        self.world = world = box2d.b2World()
        self.contacts = contacts = parts.listener_type()
        world.contactListener = contacts

        create_body, static_body, edge, ground = world.CreateBody, parts.static_body, parts.edge, parts.ground
        points = list(zip(self.terrain.x.tolist(), self.terrain.y.tolist(), strict=True))
        for i in range(N_VERTICES - 1):
            edge.vertex1 = points[i]
            edge.vertex2 = points[i + 1]
            create_body(static_body).CreateFixture(ground)

        x, y = STEP_M * START_PAD / 2, HEIGHT_M + 2 * LEG_HEIGHT_M
        self.hull = contacts.hull = world.CreateDynamicBody(position=(x, y), fixtures=parts.hull)
        self.hull.ApplyForceToCenter((self.terrain.push_n, 0), True)
        self.legs: list[Any] = []
        self.joints: list[Any] = []
        for side in (-1, 1):
            upper = world.CreateDynamicBody(
                position=(x, y - LEG_HEIGHT_M / 2 - LEG_DOWN_M), angle=side * 0.05, fixtures=parts.upper_leg
            )
            self._join(self.hull, upper, (0, LEG_DOWN_M), (-0.8, 1.1))
            lower = world.CreateDynamicBody(
                position=(x, y - LEG_HEIGHT_M * 3 / 2 - LEG_DOWN_M), angle=side * 0.05, fixtures=parts.lower_leg
            )
            self._join(upper, lower, (0, -LEG_HEIGHT_M / 2), (-1.6, -0.1))
            self.legs += [upper, lower]
        contacts.first_foot, contacts.second_foot = self.legs[1], self.legs[3]

    def _join(self, above: Body, below: Body, anchor: tuple[float, float], limits_rad: tuple[float, float]) -> None:
        definition = _box2d().b2RevoluteJointDef(
            bodyA=above,
            bodyB=below,
            localAnchorA=anchor,
            localAnchorB=(0, LEG_HEIGHT_M / 2),
            enableMotor=True,
            enableLimit=True,
            lowerAngle=limits_rad[0],
            upperAngle=limits_rad[1],
        )
        self.joints.append(self.world.CreateJoint(definition))

    def pose(self, lidar: Floats) -> tuple[float, ...]:
        """The 27 numbers that ``Trace.poses`` keeps."""
        pose: list[float] = []
        for body in (self.hull, *self.legs):
            pose += [body.position.x, body.position.y, body.angle]
        return (*pose, self.contacts.first_stands, self.contacts.second_stands, *lidar.tolist())


def run_episode(
    network: Network,
    weights: Floats,
    seed: int,
    *,
    is_shared: bool,
    training: bool,
    trace: Trace | None = None,
) -> tuple[float, int]:
    """Run one episode.

    Args:
        network: the network.
        weights: (1,) the shared weight, or (n_connections,).
        seed: Gymnasium's.
        is_shared: whether ``weights`` is shared.
        training: no penalty for falling, and an early end without progress.
        trace: if given, receives every step.

    Returns:
        Episode return and number of steps.

    Raises:
        MissingBox2DError: Box2D is not installed.
    """
    walker = Walker(seed)
    contacts, hull = walker.contacts, walker.hull
    hip_1, knee_1, hip_2, knee_2 = walker.joints
    position, velocity = hull.position, hull.linearVelocity  # views: they follow the body
    step = walker.world.Step
    activations, offsets, sources = network.activations, network.offsets, network.sources
    edges = walker.terrain.edges
    ledger = new_ledger()
    values = np.zeros(network.n_nodes)
    values[0] = 1.0
    was_1 = was_2 = was_3 = was_4 = 0.0
    torque_1 = torque_2 = torque_3 = torque_4 = 0.0
    speed_1 = speed_2 = speed_3 = speed_4 = 0.0
    for joint in walker.joints:
        joint.motorSpeed = 0.0
    while True:
        # Motors wake sleeping bodies, so the torques are set every time; the speeds rarely change.
        if speed_1 != was_1:
            hip_1.motorSpeed = was_1 = speed_1
        if speed_2 != was_2:
            knee_1.motorSpeed = was_2 = speed_2
        if speed_3 != was_3:
            hip_2.motorSpeed = was_3 = speed_3
        if speed_4 != was_4:
            knee_2.motorSpeed = was_4 = speed_4
        hip_1.maxMotorTorque = torque_1
        knee_1.maxMotorTorque = torque_2
        hip_2.maxMotorTorque = torque_3
        knee_2.maxMotorTorque = torque_4
        step(STEP_S, VELOCITY_ITERATIONS, POSITION_ITERATIONS)
        is_over, speed_1, torque_1, speed_2, torque_2, speed_3, torque_3, speed_4, torque_4 = react(
            activations,
            offsets,
            sources,
            weights,
            is_shared,
            edges,
            values,
            ledger,
            training,
            contacts.has_fallen,
            position.x,
            position.y,
            hull.angle,
            hull.angularVelocity,
            velocity.x,
            velocity.y,
            hip_1.angle,
            hip_1.speed,
            knee_1.angle,
            knee_1.speed,
            contacts.first_stands,
            hip_2.angle,
            hip_2.speed,
            knee_2.angle,
            knee_2.speed,
            contacts.second_stands,
        )
        if trace is not None:
            _keep(trace, walker, values, ledger, is_over)
        if is_over:
            return float(ledger[TOTAL]), int(ledger[STEPS])


def _keep(trace: Trace, walker: Walker, values: Floats, ledger: Floats, is_over: bool) -> None:
    trace.poses.append(walker.pose(values[FIRST_RAY : FIRST_RAY + N_RAYS]))
    if ledger[STEPS] > 0:
        trace.rewards.append(float(ledger[REWARD]))
        trace.is_terminated = bool(ledger[TERMINATED])
    if not is_over and ledger[STEPS] < MAX_STEPS:
        trace.observations.append(values[1 : 1 + N_INPUTS].copy())
        trace.actions.append(values[-4:].copy())
