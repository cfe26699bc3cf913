from __future__ import annotations

from django.contrib.auth import get_user_model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from linli.notices import queries
from linli.people import queries as people
from linli.web.access import needs


@require_safe
@needs()
def desk(request: HttpRequest) -> HttpResponse:
    """My desk: where one comes after log-in."""
    found = queries.desk(request.access, now=timezone.now())  # type: ignore[attr-defined]
    request.waiting_count = found.steps_count  # type: ignore[attr-defined]
    return render(request, "notices/desk.html", {"desk": found})


@require_safe
@needs(*queries.HEADS)
def desk_of(request: HttpRequest, pk: int) -> HttpResponse:
    """The desk of somebody in one's own place, to look at."""
    user = get_object_or_404(get_user_model(), pk=pk, is_active=True)
    if not queries.may_see_desk(request.access, user):  # type: ignore[attr-defined]
        raise Http404
    theirs = people.Access(user, timezone.localdate())
    found = queries.desk(theirs, now=timezone.now())
    found.people, found.others = [], []
    return render(request, "notices/desk.html", {"desk": found, "whose": user})
