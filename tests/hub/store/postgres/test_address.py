"""A database's address holds no password, never leads over a network in the clear, and is written in one way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import BadInput
from hub.store.postgres.address import PostgresAddress


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://hub@localhost/map", "postgresql://hub@localhost/map"),
        ("postgres://hub@LOCALHOST:5433/map?", "postgresql://hub@localhost:5433/map"),
        ("postgresql:///map?host=/run/postgresql", "postgresql:///map?host=/run/postgresql"),
        ("postgresql://hub@[::1]/map", "postgresql://hub@[::1]/map"),
        ("postgresql://db.example/map?sslmode=verify-full", "postgresql://db.example/map?sslmode=verify-full"),
        ("postgresql://db.example/map?sslmode=require&passfile=/a/b", None),
    ],
)
def test_an_address_is_read_and_written(text: str, shown: str | None) -> None:
    address = PostgresAddress.parse(text)
    assert shown is None or str(address) == shown
    assert PostgresAddress.parse(str(address)) == address


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("postgresql://hub:geheim@localhost/map", "password has no place"),
        ("postgresql://hub:@localhost/map", "password has no place"),
        ("postgresql://hub@localhost/map?password=geheim", "password has no place"),
        ("postgresql://hub@localhost/map?sslpassword=geheim", "password has no place"),
        ("postgresql://hub:ge/heim@localhost/map", "cannot be read as a URL"),
        ("postgresql://db.example/map", "in the clear"),
        ("postgresql://db.example/map?sslmode=prefer", "in the clear"),
        ("postgresql://localhost/map?host=db.example", "in the clear"),
        ("postgresql://localhost/map?host=/run,db.example", "in the clear"),
        ("postgresql://localhost/map?hostaddr=192.0.2.1", "an option 'hostaddr'"),
        ("postgresql://localhost/map?options=-cfsync%3Doff", "an option 'options'"),
        ("mysql://localhost/map", "does not begin with postgresql://"),
        ("hub.db", "does not begin with postgresql://"),
        ("postgresql://localhost/", "names no database"),
        ("postgresql://localhost/host=db.example", "names no database"),
        ("postgresql://local host/map", "is no URL"),
        ("postgresql://localhost:many/map", "cannot be read as a URL"),
        ("postgresql://localhost/" + "m" * 2000, "is no URL"),
    ],
)
def test_what_is_refused_is_told_without_its_password(text: str, why: str) -> None:
    with pytest.raises(BadInput, match=why) as refused:
        PostgresAddress.parse(text)
    assert "heim" not in str(refused.value)


@pytest.mark.parametrize("variable", ["PGHOST", "PGHOSTADDR"])
def test_no_variable_leads_it_over_a_network(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "192.0.2.1")
    with pytest.raises(BadInput, match="in the clear"):
        PostgresAddress.parse("postgresql:///map")


@given(st.one_of(st.text(), st.text().map(lambda text: f"postgresql://{text}")))
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    try:
        address = PostgresAddress.parse(text)
    except BadInput:
        return
    assert PostgresAddress.parse(str(address)) == address
