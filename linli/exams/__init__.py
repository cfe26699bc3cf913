"""Exams (考试): a written test and an interview, from the draw of seats to a ranking anybody can redo.

It knows candidates by a stable key that whoever asks for the exam gives, and nothing else of them.

    exam = services.open_written(
        by=keeper, county="370614", about="recruitment:3", title="2026年选聘笔试",
        held_on=day, posts={"A01": Post("海滨社区工作者", vacancies=4)},
        candidates=[Candidate(key="application:12", name="王海燕", post="A01", traits={"party"})],
        terms_on=day_of_the_announcement, now=now)
    services.add_room(…)  services.name_clerk(…)  services.draw_seats(…)      # seats and tickets
    services.sign_in(…)   scoring.enter(…) .hand_in(…) .settle(…) .lock(…)
    interview = services.open_interview(by=keeper, exam=exam, title=…, held_on=day,
                                        panel=[Judge("孙伟", "区委党校"), …],
                                        keys=who_still_comes, now=now)
    interviewing.draw_order(…) .recuse(…) .mark(…) .mark_all(…) .lock(…) .add_test(…)

    queries.invited(exam)   -> [Standing]   who goes to the interview (once the scores are locked)
    queries.standing(exam)  -> [Standing]   ranking by total within each post (once both are locked)
    queries.seat_of(exam, key), queries.slip(exam, key)  -> seat, data for prints.render("admission")
    queries.exam_about("recruitment:3")  -> Exam or None

A `Standing` has key, name, ticket, post, written, interview, score (hundredths), rank, tie (what
decided), outcome (in, out, tied) and why; `traits`, `ties` and the reasons are codes of `ranking`.
"""
