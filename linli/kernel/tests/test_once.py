from linli.kernel.once import forget, once, reading_once


def counted():
    told = []
    return told, lambda: told.append(1) or len(told)


def test_a_thing_is_read_once_while_a_request_is_answered_and_anew_in_the_next():
    told, read = counted()
    with reading_once():
        assert [once("days", read), once("days", read)] == [1, 1]
        assert once("other", read) == 2
    with reading_once():
        assert once("days", read) == 3


def test_outside_of_a_request_everything_is_read_anew():
    _told, read = counted()
    assert [once("days", read), once("days", read)] == [1, 2]


def test_what_was_changed_is_read_anew():
    _told, read = counted()
    with reading_once():
        once("days", read)
        forget("days")
        assert once("days", read) == 2
