"""Both OpenAPI documents against the running services: what is promised is what is answered.

Every operation gets generated calls, well formed and malformed, as somebody who may make them, and
each of them is made on PostgreSQL, by `make fuzz` on both engines. The seed is fixed;
`FUZZ_EXAMPLES` (see `make fuzz`) asks for more calls and other ones each time.
"""

import os
from contextlib import ExitStack

import hypothesis
import pytest
import schemathesis
from schemathesis.checks import load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.pytest.lazy import get_all_tests

from tests.access import contests
from tests.conftest import ENGINES
from tests.support.suite import ORIGIN, nothing_kept

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "10"))
# A body may be well formed and wrong all the same (a code nobody has, an end before a start): 422, 412.
# The document cannot say so, and the check would otherwise expect success.
FITTING = ["2xx", "401", "403", "404", "409", "412", "422"]
REFUSING = ["400", "401", "403", "404", "409", "412", "413", "415", "422"]
DETERMINISTIC = EXAMPLES <= 20
# PostgreSQL is the stricter of the two; `make fuzz` makes each call on both.
TRIED = ENGINES[-1:] if DETERMINISTIC else ENGINES


def config() -> SchemathesisConfig:
    """The systematic calls (each bound, each wrong type) are for `make fuzz`: they are ten times as many."""
    return SchemathesisConfig.from_dict(
        {
            "generation": {
                "max-examples": EXAMPLES,
                "deterministic": DETERMINISTIC,
                "no-shrink": True,
                "allow-extra-parameters": False,  # what nobody asked for in an address is passed over, everywhere
            },
            "phases": {"coverage": {"enabled": not DETERMINISTIC}},
            "checks": {
                "positive_data_acceptance": {"expected-statuses": FITTING},
                "negative_data_rejection": {"expected-statuses": REFUSING},
            },
        }
    )


SETTINGS = hypothesis.settings(
    max_examples=EXAMPLES,
    derandomize=DETERMINISTIC,
    deadline=None,
    database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
)
HOLDERS = {"registry": "registrar", "events": "organiser"}
HOLES = {"ref": "event", "public_id": "registration", "code": "programme"} | {
    name: name.removesuffix("_id")
    for name in ("order_id", "person_id", "enrolment_id", "section_id", "day_id", "nomination_id", "stage_id")
}
HOLES |= {"run_id": "registrars", "idea_id": "submitted", "row_id": "message"} | contests.HOLES
AUTHORS = ("PATCH /api/v1/ideas", "/ideas/{idea_id}/submit", "/ideas/{idea_id}/withdraw")


@pytest.fixture(scope="module")
def stages(stage_templates, tmp_path_factory):
    with ExitStack() as stack:
        made = [stage_templates(engine).stage(tmp_path_factory.mktemp("stage")) for engine in TRIED]
        yield [stack.enter_context(one) for one in made]


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("service", sorted(HOLDERS))
def test_every_operation_keeps_its_contract(stages, service):
    app, faults = getattr(stages[0].suite, service), {}
    path = f"{app.config['SERVICE'].prefix}/api/v1/openapi.json"
    schema = schemathesis.openapi.from_wsgi(path, app, config=config(), base_url=ORIGIN)
    load_all_checks()

    def call(case):
        """As somebody who may, and with real things in the path: so that calls reach the verbs."""
        key = "service key" if "/changes" in case.path else HOLDERS[service]
        key = "juror" if "/sheets" in case.operation.label else key
        key = "teacher" if any(part in case.operation.label for part in AUTHORS) else key
        key = "teacher" if case.operation.label.endswith(("/appeals", "/appeals/{appeal_id}/withdraw")) else key
        for stage in stages:
            fill(case, stage.ids)
            headers = {"Authorization": f"Bearer {stage.tokens[key]}", "Accept-Encoding": "identity"}
            case.call_and_validate(headers=headers, app=getattr(stage.suite, service))

    with nothing_kept():
        for found in get_all_tests(schema=schema, test_func=call, settings=SETTINGS, given_kwargs={}):
            operation, test = found.ok()
            try:
                test()
            except (Exception, FailureGroup) as fault:  # one operation must not hide the others
                faults[operation.label] = fault
    assert not faults, "\n\n".join(f"{label}\n{said(fault)}" for label, fault in faults.items())


def said(fault: BaseException) -> str:
    """What failed, with the call that shows it."""
    return "\n".join([str(fault), *getattr(fault, "__notes__", []), *map(said, getattr(fault, "exceptions", []))])


def fill(case, ids) -> None:
    if case.meta is None or case.meta.generation.mode.is_negative:
        return
    for name in case.path_parameters or {}:
        thing = HOLES.get(name, "")
        if name == "ref" and "schools" in case.path:
            thing = "school"
        if name == "ref" and "fairs" in case.path:
            thing = "fair"
        if "/contests/" in case.path or "/awards/" in case.path:
            thing = contests.thing_of(case.path, name)
        if name == "code" and "academic-years" in case.path:
            thing = "year"
        if name == "link_id":
            thing = "twinning" if "twinning" in case.path else "attachment"
        case.path_parameters[name] = ids[thing]
