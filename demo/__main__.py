"""`python -m demo [run|load|who]`: the suite with the demonstration region, on one machine."""

import argparse
import os
import sys

from demo import environment, running
from demo.loader import NotOurs, load
from demo.people import address_of
from registry_service.db import db
from registry_service.people.models import Person
from services.settings import SettingsError
from worker import places

SHOWN = {
    "organiser": range(4),
    "teacher": (0, 1, 2, 901),  # the last one has entered the contests
    "coordinator": range(2),
    "official": range(1),
    "registrar": range(1),
    "juror": range(2),
    "chair": range(1),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="demo", description=__doc__)
    parser.add_argument("command", nargs="?", choices=("run", "load", "who"), default="run")
    command = {"run": run_all, "load": load_region, "who": print_people}[parser.parse_args().command]
    try:
        environment.prepare(os.environ)
        return command()
    except (environment.NotPossible, SettingsError, NotOurs) as error:
        print(error, file=sys.stderr)
        return 1


def run_all() -> int:
    """Load what is missing, say where and who, and run all processes until stopped."""
    port = environment.port_of(os.environ)
    print_people()
    environment.choose_broker(os.environ)
    print_addresses(f"http://127.0.0.1:{port}")
    return running.run(os.environ)


def load_region() -> int:
    """Migrate both databases and load the region where it is missing."""
    print("Preparing the databases of the demonstration ...", flush=True)
    loaded = load(places.apps()[places.REGISTRY], places.apps()[places.EVENTS])
    print("The region is loaded." if loaded else "The region is there already.", flush=True)
    return 0


def print_people() -> int:
    """Some of those one can sign in as, once the region is there."""
    load_region()
    with places.apps()[places.REGISTRY].app_context():
        print("\nPeople one can sign in as, without a password:")
        for role, numbers in SHOWN.items():
            for number in numbers:
                address = address_of(role, number)
                person = db.session.query(Person).filter_by(email=address).one()
                place = person.school.code if person.school else ", ".join(r.scope for r in person.roles)
                print(f"  {role:<12}{number:<4} {person.name:<22} {address:<32} {place}")
    return 0


def print_addresses(url: str) -> None:
    print(f"""
What is on             {url}/
Sign in as somebody    {url}/demo/sign-in
The report's tables    {url}/registry/territories?as_of=2021-05-01
The letters sent       {url}/demo/mail

Ctrl-C ends everything.
""", flush=True)  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
