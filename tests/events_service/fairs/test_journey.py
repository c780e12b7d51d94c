"""The whole way of an idea: a teacher brings it on a phone, the organiser accepts it, page, feed and mail show it."""

from tests.events_service.fairs.fairground import TITLE, open_fair
from tests.events_service.scene import mail_of, text_of


def test_idea_goes_from_the_form_to_page_feed_and_mail(suite):
    fair = open_fair(suite)
    author = suite.browser("en", fair.teacher(1))
    author.get(f"/events/{fair.slug}")
    assert f'href="{fair.page()}"' in author.html
    author.get(fair.page())
    assert "Section of physics" in author.text
    author.get(fair.page("/ideas/new"))
    fields = {
        "section": fair.physics,
        "title.en": "Experiments at home",
        "summary.en": "With simple things\n\nand no laboratory",
        "minutes": "25",
        "material_url": "https://files.example/a.pdf",
        "material_size": "310",
        "consent": "on",
    }
    assert author.submit_fields(fields, button="submit").status_code == 200
    assert "Sent, waits for a decision" in author.text
    idea_page = author.url
    assert suite.get(idea_page).status_code == 404
    assert "Sent, waits for a decision" in suite.get("/my", fair.teacher(1), "en").get_data(as_text=True)

    desk = suite.browser("en", fair.organiser)
    desk.get(fair.page("/ideas"))
    assert "Experiments at home" in desk.text
    desk.get(f"{idea_page}/slot")
    desk.submit_fields({"start": "10:30", "place": "Room 5"}, button="save")
    assert "Saved. The author gets a letter" in desk.text

    page = suite.browser("en")
    page.get(fair.page())
    assert "Experiments at home" in page.text
    assert "10:30" in page.text
    page.get(idea_page)
    assert "10:30–10:55" in page.text
    assert "PDF, 310 KB" in page.text
    entry = fair.scene.entry("/calendars/all.ics?lang=en")
    assert entry is not None
    assert "10:30–10:55 Section of physics: Experiments at home – " in entry["DESCRIPTION"]
    assert ", Room 5" in entry["DESCRIPTION"]

    suite.drain()
    [mail] = [mail for mail in suite.mails() if mail_of(1) in str(mail["To"])]
    assert "Experiments at home" in str(mail["Subject"])
    assert "10:30–10:55" in text_of(mail)
    assert "Room 5" in text_of(mail)
    assert idea_page in text_of(mail)


def test_form_or_key_sent_twice_makes_one_idea(suite):
    fair = open_fair(suite)
    author = suite.browser("en", fair.teacher(1))
    author.get(fair.page("/ideas/new"))
    form, fields = author.form(), {"section": fair.physics, "title.ru": TITLE["ru"]}
    places = {author.send(form, {**fields, "draft": "1"}).location for _ in range(2)}
    assert len(places) == 1
    found = suite.json("GET", fair.path("/ideas"), as_=fair.teacher(1)).get_json()
    assert [item["status"] for item in found["items"]] == ["draft"]
    replies = [
        suite.json("POST", fair.path("/ideas"), fair.body(), as_=fair.teacher(2), headers={"Idempotency-Key": "k"})
        for _ in range(2)
    ]
    assert replies[0].data == replies[1].data
    assert replies[1].headers["Idempotent-Replayed"] == "true"
    assert suite.json("GET", fair.path("/ideas"), as_=fair.teacher(2)).get_json()["total"] == 1
