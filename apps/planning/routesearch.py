"""The process that looks for the best order of a day with VROOM: questions come in and answers go out as lines of JSON.

It is started by its path (`solver.py`), and knows neither Django, nor the database, nor the rest of the product.
"""

import json
import resource
import sys
from datetime import timedelta
from typing import Any

import numpy
import vroom

THREADS = 2
GRID = 5
MOST_CPU = 120
# How thoroughly VROOM looks, for days up to so many visits; it ends sooner when its time is over.
DEPTH = ((60, 3), (250, 1), (10_000, 0))


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """In the process: VROOM's best order."""
    vehicles, jobs = asked["vehicles"], asked["jobs"]
    if not vehicles or not jobs:
        return {"routes": [[] for _one in vehicles], "left": [one["pk"] for one in jobs]}
    # Each job and each end of a vehicle has a row of its own, so that a single way can be another than the map says.
    places = [one["place"] for one in jobs]
    places += [place for one in vehicles for place in (one["begins"], one["ends"])]
    known = numpy.array([place is not None for place in places])
    rows = numpy.array([0 if place is None else place for place in places])
    ways = numpy.array(asked["ways"] or [[0]], dtype="int64")
    cost = ways[numpy.ix_(rows, rows)] * numpy.outer(known, known)
    time = -(-cost // (60 * GRID)) * GRID
    for n, one in enumerate(vehicles):
        begins, ends = len(jobs) + 2 * n, len(jobs) + 2 * n + 1
        time[begins] = numpy.maximum(0, time[begins] - one["ahead"])  # he leaves before his hours
        if not one["ends_hard"]:
            time[:, ends] = 0  # and drives home after them
    for one, other, most in asked["caps"]:
        time[one, other] = min(time[one, other], most)
    problem = vroom.Input()
    problem.set_durations_matrix("car", time.astype("uint32"))
    problem.set_costs_matrix("car", cost.astype("uint32"))
    for n, one in enumerate(vehicles):
        breaks = [
            vroom.Break(k, time_windows=[[first, last]], service=length)
            for k, (length, first, last) in enumerate(one["pauses"], 1)
        ]
        problem.add_vehicle(
            vroom.Vehicle(
                n + 1,
                start=len(jobs) + 2 * n,
                end=len(jobs) + 2 * n + 1,
                skills=set(one["skills"]),
                time_window=one["window"],
                breaks=breaks,
            )
        )
    for row, one in enumerate(jobs):
        problem.add_job(
            vroom.Job(
                row + 1,
                location=row,
                default_service=one["length"],
                skills=set(one["skills"]),
                priority=one["priority"],
                time_windows=[one["window"]],
            )
        )
    depth = next(depth for most, depth in DEPTH if len(jobs) <= most)
    found = problem.solve(
        exploration_level=depth, nb_threads=THREADS, timeout=timedelta(seconds=asked["seconds"])
    ).to_dict()
    routes: list[list[int]] = [[] for _one in vehicles]
    for route in found["routes"]:
        for step in route["steps"]:
            if step["type"] == "job":
                routes[route["vehicle"] - 1].append(jobs[step["id"] - 1]["pk"])
            elif step["type"] == "break":
                routes[route["vehicle"] - 1].append(-step["id"])
    return {"routes": routes, "left": [jobs[one["id"] - 1]["pk"] for one in found["unassigned"]]}


if __name__ == "__main__":
    # Should whoever asked be gone, it ends by itself.
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU, MOST_CPU))
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
