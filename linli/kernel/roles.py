"""Who may act. A role is a code for the program and a word for the reader."""

from __future__ import annotations

from dataclasses import dataclass

from linli.kernel.words import gettext_noop as _


@dataclass(frozen=True, slots=True)
class Role:
    """`level` is the kind of place an appointment to the role belongs to.

    "county", "street", "community" or "estate"; "" means any of them.
    """

    code: str
    name: str
    level: str = ""


SYSTEM_ADMIN = Role("system_admin", _("系统管理员"), "county")
SECURITY_ADMIN = Role("security_admin", _("安全管理员"), "county")
AUDIT_ADMIN = Role("audit_admin", _("审计管理员"), "county")
DISTRICT = Role("district", _("区级主管部门"), "county")
STREET = Role("street", _("街道办事处"), "street")
SECRETARY = Role("secretary", _("社区书记"), "community")
BOOKKEEPER = Role("bookkeeper", _("记账员"), "estate")
CASHIER = Role("cashier", _("出纳员"), "estate")
APPROVER = Role("approver", _("审批人（小区党支部）"), "estate")
RESIDENT = Role("resident", _("居民代表"), "estate")
AUDITOR = Role("auditor", _("专业审计机构"), "")

ROLES = {
    role.code: role
    for role in (
        SYSTEM_ADMIN,
        SECURITY_ADMIN,
        AUDIT_ADMIN,
        DISTRICT,
        STREET,
        SECRETARY,
        BOOKKEEPER,
        CASHIER,
        APPROVER,
        RESIDENT,
        AUDITOR,
    )
}

ADMINISTRATORS = frozenset({SYSTEM_ADMIN, SECURITY_ADMIN, AUDIT_ADMIN})
FUND_GROUP = frozenset({BOOKKEEPER, CASHIER, APPROVER, RESIDENT})
OVERSEERS = frozenset({DISTRICT, STREET, SECRETARY, AUDITOR})
