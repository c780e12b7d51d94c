"""What leads to each kind of letter."""

from tests.events_service.scene import Json, Scene


def confirmed(scene: Scene) -> Json:
    return scene.register(1)


def waiting(scene: Scene) -> Json:
    scene.register(1)
    return scene.register(2)


def promoted(scene: Scene) -> Json:
    first, second = scene.register(1), scene.register(2)
    scene.withdraw(first, 1)
    return second


def withdrawn(scene: Scene) -> Json:
    row = scene.register(1)
    scene.withdraw(row, 1)
    return row


def asked(scene: Scene) -> Json:
    return scene.ask(name="Сатып алыңыз http://evil.example")


def changed(scene: Scene) -> Json:
    row = scene.register(1)
    scene.change(venue={"kk": "Балқаш", "ru": "Балхаш", "en": "Balqash"}, format="in_person")
    return row


def cancelled(scene: Scene) -> Json:
    row = scene.register(1)
    scene.cancel("Snow <b>storm</b>")
    return row


def restored(scene: Scene) -> Json:
    row = cancelled(scene)
    scene.restore()
    return row


KINDS = {
    "registration_confirmed": (confirmed, "REQUEST"),
    "registration_waiting": (waiting, ""),
    "registration_promoted": (promoted, "REQUEST"),
    "registration_withdrawn": (withdrawn, "CANCEL"),
    "guest_confirm": (asked, ""),
    "event_changed": (changed, "REQUEST"),
    "event_cancelled": (cancelled, "CANCEL"),
    "event_restored": (restored, "REQUEST"),
}
