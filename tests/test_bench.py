"""The frame of the benchmarks: fair turns, honest medians, a page that keeps both databases."""

from bench.frame import Aim, Bench, Figure, Side, judged, measure, rows, write


def bench(*sides: Side) -> Bench:
    return Bench(code="x", title="do it", unit="things", sizes=(10,), sides=sides, target="fast")


def test_sides_take_turns_and_each_round_is_counted():
    order = []
    sides = [Side(name, lambda name=name: lambda size: order.append(name)) for name in "ab"]
    figures = measure(bench(*sides), rounds=6, step=lambda text: None)
    assert order == ["a", "b", "b", "a"] * 3
    assert [len(figure.rates) for figure in figures] == [6, 6]


def test_our_side_is_compared_with_the_others_by_the_median():
    one = bench(Side("ours", lambda: len), Side("theirs", lambda: len))
    figures = [Figure(one, 10, "ours", [10.0, 30.0, 20.0]), Figure(one, 10, "theirs", [10.0])]
    assert [row[3:] for row in rows(figures)] == [
        ("20 things/s", "10–30", "1.00×"),
        ("10 things/s", "10–10", "2.00×"),
    ]


def test_the_page_keeps_what_was_measured_on_the_other_database(tmp_path):
    page = tmp_path / "benchmarks.md"
    one = bench(Side("ours", lambda: len))
    for database, rate in (("SQLite", 1.0), ("PostgreSQL 15", 2.0), ("SQLite", 3.0)):
        write([Figure(one, 10, "ours", [rate])], database, page=page)
    text = page.read_text("utf-8")
    assert text.count("## SQLite") == text.count("## PostgreSQL 15") == 1
    assert "3 things/s" in text and "2 things/s" in text and "1 things/s" not in text


def test_an_answer_stays_until_its_own_question_is_asked_again(tmp_path):
    page = tmp_path / "benchmarks.md"
    side = Side("ours", lambda: len)
    first, second = (
        Bench(code=code, title=code * 3, unit="things", sizes=(10,), sides=(side,)) for code in "ab"
    )
    write(
        [Figure(first, 10, "ours", [1.0]), Figure(second, 10, "ours", [2.0])], "SQLite", page=page
    )
    write([Figure(second, 10, "ours", [3.0])], "PostgreSQL 15", page=page)
    write([Figure(second, 10, "ours", [4.0])], "SQLite", page=page)
    text = page.read_text("utf-8")
    assert [n for n in range(1, 5) if f"{n} things/s" in text] == [1, 3, 4]
    assert text.count("### aaa") == 1 and text.count("### bbb") == 2


def test_a_side_takes_part_up_to_its_own_size_and_is_filled_and_counted_by_itself():
    filled, asked = [], []
    ours = Side("ours", lambda: lambda size: None)
    peer = Side(
        "peer", lambda: asked.append, fill=filled.append, each=3, until=10, lacks="does not count"
    )
    one = Bench(code="x", title="do it", unit="things", sizes=(10, 20), sides=(ours, peer))
    figures = measure(one, rounds=5, step=lambda text: None)
    assert [(f.side, f.size) for f in figures] == [("ours", 10), ("peer", 10), ("ours", 20)]
    assert filled == [10] and asked == [10] * 5


def test_what_a_peer_lacks_stands_beside_its_figure(tmp_path):
    page, peer = tmp_path / "benchmarks.md", Side("peer", lambda: len, lacks="does not count")
    one = bench(Side("ours", lambda: len), peer)
    write([Figure(one, 10, "ours", [1.0]), Figure(one, 10, "peer", [1.0])], "SQLite", page=page)
    assert "- peer: does not count" in page.read_text("utf-8")


def test_large_sizes_are_measured_when_asked_for_and_rounds_end_with_the_work():
    side = Side("ours", lambda: lambda size: None)
    told = {"code": "x", "title": "do it", "unit": "things", "sizes": (1,), "sides": (side,)}
    one = Bench(**told, large=(9,), most=6)
    found = measure(one, rounds=7, step=lambda text: None)
    assert [(f.size, len(f.rates)) for f in found] == [(1, 6)]
    found = measure(one, rounds=5, step=lambda text: None, large=True)
    assert [f.size for f in found] == [1, 9]


def test_the_wait_of_the_slowest_twentieth_is_told_where_answers_are_timed():
    one = bench(Side("ours", lambda: len))
    figure = Figure(one, 10, "ours", [20.0], [0.01] * 90 + [0.2] * 10)
    assert rows([figure])[0][3] == "20 things/s, p95 200 ms"


def test_a_run_says_which_aims_it_met_and_by_how_much_it_missed_the_others():
    sides = (Side("ours", lambda: len), Side("peer", lambda: len))
    aims = (
        Aim(rate=10),
        Aim(times=2, than="peer"),
        Aim(seconds=0.1, side="peer"),
        Aim(rate=1, database="PostgreSQL"),
        Aim(times=2, than="nobody"),
    )
    told = {"code": "x", "title": "do it", "unit": "things", "sizes": (10,)}
    one = Bench(**told, sides=sides, aims=aims, tried="much")
    ours, peer = Figure(one, 10, "ours", [15.0]), Figure(one, 10, "peer", [10.0], [0.2] * 20)
    assert judged(one, [ours, peer], "SQLite") == [
        "- met: ours, 10: 15 things/s, wanted 10",
        "- missed by 25%: ours, 10: 1.50 times peer, wanted 2",
        "- missed by 50%: peer, 10: p95 200 ms, wanted 100",
        "- what was tried: much",
    ]
    assert judged(one, [ours], "PostgreSQL 15")[-1] == "- met: ours, 10: 15 things/s, wanted 1"
