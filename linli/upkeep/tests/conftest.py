"""Another place to restore into."""

import pytest

from tests.databases import OwnDatabase
from tests.stores import Cluster


@pytest.fixture
def elsewhere(own_database, databases, tmp_path):
    """Another, empty installation: how to run commands in it, how to look into its database."""
    data = tmp_path / "elsewhere"
    if not isinstance(databases.server, Cluster):
        yield (
            OwnDatabase(data, {"LINLI_DATA": str(data)}),
            {"NAME": str(data / "linli.sqlite3")},
        )
        return
    name, place = databases.copy(databases.empty())
    owner = databases.server.owner_url(name)
    app = own_database.environment["LINLI_DATABASE_URL"].rpartition("/")[0]
    environment = {
        "LINLI_DATA": str(data),
        "LINLI_DATABASE_URL": f"{app}/{place['NAME']}",
        "LINLI_OWNER_URL": owner,
    }
    yield OwnDatabase(data, environment), place
    databases.server.drop(name)


@pytest.fixture
def spare(databases):
    """Options that name an empty database, where a backup needs one."""
    if not isinstance(databases.server, Cluster):
        yield ()
        return
    name = f"{databases.worker}_drill"
    databases.server.create(name)
    yield ("--into", databases.server.owner_url(name))
    databases.server.drop(name)
