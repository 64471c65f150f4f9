"""What the tests of access share."""

from collections.abc import AsyncIterator

import pytest

from tests.fakes.front_desk import FrontDesk, front_desk


@pytest.fixture
async def front() -> AsyncIterator[FrontDesk]:
    opened = await front_desk()
    yield opened
    opened.close()
