"""The other real servers of the tests, and many callers at once."""

import smtplib
import threading
from email.message import EmailMessage

import pytest
import redis

from tests.support import smtp, valkey
from tests.support.processes import free_port, spawn, wait_for_http, wait_until
from tests.support.race import gather


def test_killed_valkey_comes_back_with_what_it_held(tmp_path):
    server = valkey.start(tmp_path)
    client = redis.Redis.from_url(server.url)
    client.rpush("queue", "a", "b")
    wait_until(lambda: client.info("persistence")["aof_pending_bio_fsync"] == 0)
    server.kill()
    with pytest.raises(redis.ConnectionError):
        client.ping()
    server.restart()
    assert client.lrange("queue", 0, -1) == [b"a", b"b"]
    server.stop()
    assert not server.answers()


def letter() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "post@example.kz", "asem@example.kz", "Тіркелдіңіз"
    message.set_content("жол")
    return message


def test_sink_keeps_messages_with_their_envelope_and_answers_by_script():
    sink = smtp.start()
    with smtplib.SMTP("127.0.0.1", int(sink.url.rpartition(":")[2])) as client:
        client.send_message(letter(), to_addrs=["other@example.kz"])
        sink.script = lambda envelope: "451 later" if "busy@example.kz" in envelope.rcpt_tos else None
        with pytest.raises(smtplib.SMTPDataError, match="451"):
            client.send_message(letter(), to_addrs=["busy@example.kz"])
    sink.stop()
    [received] = sink.messages
    assert received.message["Subject"] == "Тіркелдіңіз"
    assert (received.sender, received.recipients) == ("post@example.kz", ["other@example.kz"])


def test_http_server_is_waited_for_until_it_answers(tmp_path):
    port = free_port()
    with spawn(["python3", "-m", "http.server", "--bind", "127.0.0.1", str(port)], cwd=tmp_path):
        wait_for_http(f"http://127.0.0.1:{port}/")
    with pytest.raises(TimeoutError):
        wait_for_http(f"http://127.0.0.1:{port}/", 0.2)


def test_gather_begins_together_and_answers_in_order():
    meeting = threading.Barrier(8, timeout=60)

    def job(number: int) -> int:
        if number < 8:
            meeting.wait()
        return number

    assert gather([lambda n=n: job(n) for n in range(20)], at_once=8) == list(range(20))
