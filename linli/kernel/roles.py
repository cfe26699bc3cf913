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
SURVEYOR = Role("surveyor", _("排查员"), "")

HOUSING = Role("housing", _("住建部门"), "county")
RESOURCES = Role("resources", _("自然资源部门"), "county")
CIVIL = Role("civil", _("民政部门"), "county")
FINANCE = Role("finance", _("财政部门"), "county")
TAX = Role("tax", _("税务部门"), "county")
JUSTICE = Role("justice", _("司法行政部门"), "county")
POLICE = Role("police", _("公安部门"), "county")
ENFORCEMENT = Role("enforcement", _("综合执法部门"), "county")
ORGANISATION = Role("organisation", _("组织部门"), "county")

DISCIPLINE = Role("discipline", _("纪检监察机关"), "county")
SOCIAL = Role("social", _("社会工作部门"), "county")
POLITICAL_LEGAL = Role("political_legal", _("政法委员会"), "county")
PETITIONS = Role("petitions", _("信访部门"), "county")
COURT = Role("court", _("人民法院"), "county")
PROCURATORATE = Role("procuratorate", _("人民检察院"), "county")
REVIEW = Role("review", _("联审办公室"), "county")
WORKER = Role("worker", _("社区工作者"), "community")
MENTOR = Role("mentor", _("帮带导师"), "")

DEPARTMENTS = (
    HOUSING,
    RESOURCES,
    CIVIL,
    FINANCE,
    TAX,
    JUSTICE,
    POLICE,
    ENFORCEMENT,
    ORGANISATION,
)
"""The nine departments of the joint survey, in the order they sign.

The report speaks of nine and does not name them (蓬莱:A1): which nine is assumed here.
"""

VETTERS = (
    DISCIPLINE,
    ORGANISATION,
    SOCIAL,
    POLITICAL_LEGAL,
    PETITIONS,
    COURT,
    PROCURATORATE,
    POLICE,
    JUSTICE,
)
"""The nine departments of the joint vetting: those of the one published list of exactly nine (a
county's, 2025). A round may ask others, too."""

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
        SURVEYOR,
        *DEPARTMENTS,
        DISCIPLINE,
        SOCIAL,
        POLITICAL_LEGAL,
        PETITIONS,
        COURT,
        PROCURATORATE,
        REVIEW,
        WORKER,
        MENTOR,
    )
}

ADMINISTRATORS = frozenset({SYSTEM_ADMIN, SECURITY_ADMIN, AUDIT_ADMIN})
FUND_GROUP = frozenset({BOOKKEEPER, CASHIER, APPROVER, RESIDENT})
OVERSEERS = frozenset({DISTRICT, STREET, SECRETARY, AUDITOR})
READS_NAMES = FUND_GROUP | {AUDITOR}
"""Who reads the names of natural persons; others who oversee see them masked."""
ROOM_READERS = frozenset({*FUND_GROUP, *OVERSEERS, SURVEYOR, *DEPARTMENTS})
"""Who may look at public rooms: their owners' group, who oversees, who surveys and decides."""
ROOM_KEEPERS = frozenset({STREET, SECRETARY, HOUSING})
"""Who writes the register of public rooms."""
CORPS_KEEPERS = frozenset({SOCIAL, ORGANISATION})
"""Who keeps the personnel files of a county's community workers, recruits and trains."""
CORPS_READERS = frozenset({*CORPS_KEEPERS, CIVIL, DISTRICT, STREET, SECRETARY})
"""Who looks at the corps, each within their place; numbers that name people stay masked."""
