"""Proving in the browser: the page, and the static data it asks for."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.kernel.words import gettext_noop
from linli.portal import pages, proofs, queries
from linli.portal.forms import NoticeForm
from linli.portal.queries import Shelf
from linli.sources import FUNDS
from linli.web.templatetags.words import say

WORDS = {
    "good": gettext_noop("相符"),
    "bad": gettext_noop("没有通过。请保留您手里的凭据和本页截图，打监督电话或向街道办事处反映。"),
    "note": gettext_noop("说明"),
    "working": gettext_noop("正在计算……"),
    "offline": gettext_noop("网络不通，稍后再试。"),
    "broken": gettext_noop("没有取到验证所需的数据（%(status)s），稍后再试。"),
    "no_program": gettext_noop("验证程序没有载入，请刷新；或用离线的 verify.html。"),
    "no_book": gettext_noop("本网站没有编号为 %(code)s 的账套，或者它还没有公示。"),
    "no_key": gettext_noop("没有取到账套的公钥，无法验证。"),
    "signed": gettext_noop("今天的账本（共 %(size)s 条）由指纹为 %(print)s 的公钥签名，签名成立。"),
    "unsigned": gettext_noop("今天的账本签名不成立（公钥指纹 %(print)s）。"),
    "unknown_size": gettext_noop(
        "本网站说从来没有给出过大小为 %(size)s 的账本，所以无法证明它是今天这本账的开头。"
    ),
    "key_changed": gettext_noop(
        "您 %(day)s 在本机看到的公钥（%(former)s）已经更换；换成今天的 %(print)s 有旧密钥的签名，交接成立。"
    ),
    "other_key": gettext_noop(
        "签名的公钥和您 %(day)s 在本机看到的（%(print)s）不一样，也没有旧密钥签名的交接：换了一本账。"
    ),
    "bad_key": gettext_noop("公钥的交接记录不成立（公钥指纹 %(print)s）。"),
    "shrunk": gettext_noop(
        "您 %(day)s 在本机看到的账本有 %(size)s 条，今天反而少了：有记录被拿掉了。"
    ),
    "forked": gettext_noop("今天的账本和您 %(day)s 在本机看到的接不上：以前的记录被改过。"),
    "followed": gettext_noop("和您 %(day)s 在本机看到的账本相比，只有增加，没有改动。"),
    "remembered": gettext_noop("本机已记住今天的账本，下次会自动和它比对。"),
    "not_remembered": gettext_noop("浏览器不允许保存，下次不能自动和今天的账本比对。"),
    "other_root": gettext_noop("本网站给出的树根和您输入的八个字符不一样。"),
    "not_beginning": gettext_noop(
        "您手里的公示单所依据的账本，不是今天这本账的开头：账在那以后被改过。"
    ),
    "beginning": gettext_noop(
        "公示单依据的账本（%(size)s 条，印 %(root)s）是今天账本（%(newest)s 条）的开头，此后只有增加。"
    ),
    "no_leaf": gettext_noop("账本里没有这张公示单的封存记录。"),
    "leaf": gettext_noop("%(period)s 的封存记录在账本第 %(index)s 条，写着同一个树根。"),
    "statement": gettext_noop("本网站给出的报表，就是封存时的那一份。"),
    "other_statement": gettext_noop("本网站给出的报表，不是封存时的那一份。"),
    "no_subtle": gettext_noop(
        "本页不是用 https 打开的，浏览器不能核对报表文件；下面的结余由封存记录算出，不受影响。"
    ),
    "compare": gettext_noop("由封存记录算出的期末结余（元），请和纸上的数字比对："),
    "closing": gettext_noop("%(fund)s期末结余"),
    "notice_good": gettext_noop("通过：%(period)s 的公示单从公示到今天没有被改过。"),
    "not_a_file": gettext_noop("这不是收据的证明文件，也不是检查点。"),
    "ahead": gettext_noop(
        "您手里的文件比本网站今天的账本还新（%(size)s 条）：本网站给出的是旧的，或者被截短了。"
    ),
    "file_beginning": gettext_noop(
        "文件依据的账本（%(size)s 条）是今天账本（%(newest)s 条）的开头，此后只有增加。"
    ),
    "receipt_in": gettext_noop("收据的 %(amount)s 元在 %(date)s 的第 %(number)s 号分录里。"),
    "entry_in": gettext_noop("%(date)s 的第 %(number)s 号分录在账本里。"),
    "receipt_good": gettext_noop("通过：这张收据的 %(amount)s 元在账里，账从那以后没有被改过。"),
    "entry_good": gettext_noop("通过：第 %(number)s 号分录在账里，账从那以后没有被改过。"),
    "see_entry": gettext_noop("看第 %(number)s 号分录"),
    "receipt_form": gettext_noop("证明文件的写法不对，可能不完整。"),
    "receipt_unknown_key": gettext_noop("证明文件不是由本账套的公钥签名的。"),
    "receipt_signature": gettext_noop("证明文件里的签名不成立。"),
    "receipt_inclusion": gettext_noop("分录不在文件所说的账本里。"),
    "receipt_entry": gettext_noop("证明的不是这笔分录。"),
    "receipt_receipt": gettext_noop("收据不在这笔分录里。"),
    "receipt_open": gettext_noop("文件里写的内容，和入账时登记的不一样。"),
    "receipt_consistency": gettext_noop("文件依据的账本，不是今天这本账的开头：账在那以后被改过。"),
    "old_unsigned": gettext_noop("检查点不是由本账套的公钥签名的。"),
    "old_forked": gettext_noop("您保存的检查点不是今天这本账的开头：账在那以后被改过。"),
    "checkpoint_good": gettext_noop(
        "通过：从您保存的检查点（%(size)s 条）到今天，账只有增加，没有改动。"
    ),
}
"""What the page's script says; `%(name)s` stands for a value there, too."""

FOR_EVER = "public, max-age=31536000, immutable"
# A key and the head it signed are asked for one after the other: neither may be of yesterday.
ASK_AGAIN = "public, no-cache"


def _words() -> dict[str, str]:
    """WORDS in the reader's language, with {name} for values, and the names of the funds."""
    told = {name: re.sub(r"%\((\w+)\)s", r"{\1}", say(text)) for name, text in WORDS.items()}
    return told | {f"fund_{code}": str(capfirst(say(fund.name))) for code, fund in FUNDS.items()}


@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Where one begins with a paper notice, a receipt file or an old checkpoint in hand."""
    form = NoticeForm(request.GET or None)
    if request.GET and form.is_valid():
        told = form.cleaned_data
        args = [told["book"].upper(), told["period"], told["root"].lower()]
        return redirect("portal:notice_proof", *args)
    context = {"form": form, "shelf": None, "subject": {}, "words": _words()}
    return pages.fresh(request, "portal/verify.html", context, status=422 if form.errors else 200)


@require_safe
def notice_proof(request: HttpRequest, code: str, period: str, root: str) -> HttpResponse:
    """Where the QR code of a notice leads: which notice it is, and the proof that it still holds."""
    shelf = queries.shelf(code)
    found = proofs.of_root(shelf, period, root) if shelf and len(root) >= 8 else None
    context: dict[str, Any] = {"shelf": shelf, "period": period, "root": root, "subject": {}}
    if shelf is None or found is None:
        told = shelf.told if shelf else {}
        return pages.fresh(request, "portal/no_notice.html", context, status=404, told=told)
    notice, whole = found
    told = queries.statement(notice)
    context |= {
        "book": shelf.book,
        "notice": notice,
        "root": whole,
        "told": told,
        "newest": shelf.latest,
        "keys": proofs.keys(shelf.book),
        "form": NoticeForm(),
        "words": _words(),
        "subject": {
            "book": code,
            "origin": told["log"]["origin"],
            "period": period,
            "version": notice.version,
            "root": whole,
            "rootBase64": told["log"]["root"],
            "size": told["log"]["size"],
            "asked": root.lower(),
        },
    }
    return pages.fresh(request, "portal/verify.html", context, told=shelf.told)


# --- data -------------------------------------------------------------------------------------


def _json(request: HttpRequest, told: dict[str, Any], cache: str = pages.FOR_ALL) -> HttpResponse:
    content = JsonResponse(told, json_dumps_params={"ensure_ascii": False}).content
    return pages.data(request, content, "application/json", cache=cache)


def _reason(text: str, status: int = 404) -> HttpResponse:
    answer = JsonResponse(
        {"reasons": [text]}, status=status, json_dumps_params={"ensure_ascii": False}
    )
    answer["Cache-Control"] = pages.FOR_NOBODY
    return pages.open_to_all(answer)


def _data_shelf(code: str) -> Shelf | None:
    """Proof data is given out of books that have published something."""
    shelf = queries.shelf(code)
    return shelf if shelf and shelf.notices else None


@require_safe
def key(request: HttpRequest, code: str) -> HttpResponse:
    """The public keys of a book and its county, with the leaves that hand them on."""
    shelf = _data_shelf(code)
    if shelf is None:
        return _reason(_("没有这个账套，或者还没有公示"))
    told = [
        {
            "origin": one.origin,
            "vkey": one.vkey,
            "fingerprint": one.fingerprint,
            "leaves": one.leaves,
        }
        for one in proofs.keys(shelf.book)
    ]
    return _json(request, {"book": code, "keys": told}, cache=ASK_AGAIN)


@require_safe
def checkpoint(request: HttpRequest, code: str) -> HttpResponse:
    """The newest signed head of a book's log, as a C2SP signed note; ?size= an older one."""
    shelf = _data_shelf(code)
    asked = request.GET.get("size", "")
    head = None
    if shelf:
        head = proofs.head_of(shelf, _size(asked)) if asked else proofs.checkpoint(shelf)
    if head is None:
        return _reason(_("没有这个账套，或者没有这个检查点"))
    cache = FOR_EVER if asked else ASK_AGAIN
    return pages.data(request, head.note.encode(), "text/plain; charset=utf-8", cache=cache)


def _size(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 12 else -1


@require_safe
def consistency(request: HttpRequest, code: str) -> HttpResponse:
    """?old=&new=: the proof that the log of one size is a beginning of the log of another."""
    shelf = _data_shelf(code)
    if shelf is None:
        return _reason(_("没有这个账套，或者还没有公示"))
    head = proofs.checkpoint(shelf)
    old, asked = _size(request.GET.get("old", "")), request.GET.get("new", "")
    new = _size(asked) if asked else head.size if head else -1
    proof = proofs.consistency(shelf, old, new)
    if proof is None:
        return _reason(_("本站没有给出过这个大小的检查点，不能证明"))
    cache = FOR_EVER if asked else pages.FOR_ALL
    return pages.data(request, proof, "text/plain; charset=utf-8", cache=cache)


@require_safe
def leaf(request: HttpRequest, code: str) -> HttpResponse:
    """?period=&v=&size=: the leaf that binds a notice, and its proof under a signed head."""
    shelf = _data_shelf(code)
    version, size = _size(request.GET.get("v", "1")), request.GET.get("size", "")
    notice = shelf.notice(request.GET.get("period", ""), version) if shelf else None
    if shelf is None or notice is None:
        return _reason(_("没有这个公示"))
    head = proofs.head_of(shelf, _size(size)) if size else proofs.checkpoint(shelf)
    made = proofs.leaf_proof(shelf, notice, head) if head else None
    if made is None:
        return _reason(_("没有这个账套，或者没有这个检查点"))
    body, proof = made
    statement = reverse("portal:file", args=[code, notice.period, "statement.json"])
    told = {
        "body": body,
        "proof": proof.decode(),
        "statement": f"{statement}?v={notice.version}",
    }
    return _json(request, told, FOR_EVER if size else pages.FOR_ALL)
