"""Each feed of the demo has a channel, and lies there as its department writes."""

from __future__ import annotations

from demo import servers
from demo.dialects import dialect_of
from demo.provisions import provisions
from ingest import connections
from ingest.feed import feeds

FORMS = {"json": "json", "csv": "csv", "tsv": "csv", "xlsx": "xlsx", "xls": "xls"}
ENCODINGS = {"csv-utf8": {"utf-8", "utf-8-sig"}, "csv-utf16": {"utf-16"}, "csv-gb18030": {"gb18030"}}


def test_every_feed_comes_by_a_channel_that_there_is() -> None:
    assert sorted((provision.department, provision.dataset) for provision in provisions()) == sorted(
        (feed.department, feed.dataset) for feed in feeds()
    )
    assert {provision.channel for provision in provisions()} == set(connections.kinds())


def test_every_server_serves_and_every_provision_has_one() -> None:
    assert {provision.server for provision in provisions() if provision.server} == set(servers.names())


def test_a_file_has_the_form_that_its_department_writes() -> None:
    for provision in provisions():
        if provision.channel == "database":
            continue
        dialect = dialect_of(provision.department)
        assert provision.format.partition("-")[0] == FORMS[dialect.format], provision
        if provision.format in ENCODINGS:
            assert dialect.encoding in ENCODINGS[provision.format], provision
