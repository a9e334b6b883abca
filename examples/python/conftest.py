"""The fixture `registry`: an empty registry for each test, which no other test sees."""

import pytest

from registrette import Server


@pytest.fixture(scope="session")
def registrette():
    with Server("--clock", "virtual") as server:
        yield server


@pytest.fixture
def registry(registrette):
    with registrette.registry() as registry:
        yield registry
