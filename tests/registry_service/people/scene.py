"""What tests of people and of signing in do again and again."""

import re

from sqlalchemy import func, select

from registry_service.db import db
from registry_service.people.models import Person, SignInLink
from registry_service.schools.models import School

TEACHER = "teacher0003@example.invalid"
PEOPLE = "/registry/api/v1/people"


def ask(suite, email=TEACHER, next_path=""):
    browser = suite.browser("ru")
    browser.get(f"/registry/sign-in?next={next_path}")
    browser.submit(email=email)
    return browser


def last_path(suite):
    """The path of the link in the newest letter."""
    suite.drain()
    text = suite.mails()[-1].get_body(("plain",)).get_content()
    return re.search(r"http://127\.0\.0\.1:8000(/registry/sign-in/\S+)", text).group(1)


def scalar(suite, statement):
    with suite.registry.app_context():
        return db.session.scalar(statement)


def write(suite, statement):
    with suite.registry.app_context(), db.transaction() as session:
        session.execute(statement)


def links(suite):
    return scalar(suite, select(func.count(SignInLink.id)))


def cookie(browser):
    found = browser.client.get_cookie("qonyrau", domain="127.0.0.1")
    return found.value if found else ""


def scalars(suite, statement):
    with suite.registry.app_context():
        return db.session.scalars(statement).all()


def person(suite, email):
    return suite.json("GET", f"{PEOPLE}?q={email}", as_=suite.sign_in("registrar")).get_json()["items"][0]


def teacher(suite, number=0):
    return person(suite, f"teacher{number:04}@example.invalid")


def teacher_id(suite):
    return scalars(suite, select(Person.id).where(Person.email == "teacher0000@example.invalid"))[0]


def school(suite, district):
    return scalars(suite, select(School.id).where(School.territory_code == district).order_by(School.code))[0]


def add(suite, token, **changed):
    body = {"name": "Жаңа Мұғалім", "email": "new@example.invalid", "language": "kk", **changed}
    return suite.json("POST", PEOPLE, body, as_=token)


def patch(suite, token, person_id, body, **headers):
    return suite.json("PATCH", f"{PEOPLE}/{person_id}", body, as_=token, headers=headers)


def count(suite, model):
    return scalars(suite, select(func.count()).select_from(model))[0]


def other_district(suite):
    return scalars(suite, select(School.territory_code).where(School.territory_code != "ABA").limit(1))[0]
