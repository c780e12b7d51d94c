"""The key that signs sessions is changed without signing anybody out."""

import dataclasses
import json

from joserfc.jwk import ECKey

from services import identity
from services.settings import public_half
from tests.support.region import make_settings

CLAIMS = {"sub": "a", "name": "Айгүл", "roles": ["organiser:UMC"], "sid": "s"}


def new_key(kid):
    parameters = {"kid": kid} if kid else {}
    return json.dumps(ECKey.generate_key("P-256", parameters=parameters).as_dict(private=True))


def key_set(*signing_keys):
    return json.dumps({"keys": [json.loads(public_half(key))["keys"][0] for key in signing_keys]})


def signed_by(key, public):
    return dataclasses.replace(make_settings(), registry_signing_key=key, session_public_keys=public)


def test_sessions_of_the_former_and_the_new_key_are_good_while_both_are_known():
    former, new = new_key("2026-11"), new_key("2027-05")
    both = key_set(former, new)
    tokens = [identity.issue(signed_by(key, both), CLAIMS)[0] for key in (former, new)]
    assert [identity.read(signed_by(new, both), token).id for token in tokens] == ["a", "a"]
    assert [identity.read(signed_by(new, key_set(new)), token) is None for token in tokens] == [True, False]


def test_foreign_key_of_the_same_name_is_refused():
    token = identity.issue(signed_by(new_key("2026-11"), ""), CLAIMS)[0]
    assert identity.read(signed_by("", key_set(new_key("2026-11"), new_key("2027-05"))), token) is None


def test_key_without_a_name_goes_on_alone():
    key = new_key("")
    settings = signed_by(key, key_set(key))
    assert identity.read(settings, identity.issue(settings, CLAIMS)[0]).has("organiser")
