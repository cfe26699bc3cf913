from django.urls import path

from linli.vouchers import entry_views, receipt_paper_views, receipt_views, views, write_views

app_name = "vouchers"
urlpatterns = [
    path("", views.index, name="index"),
    path("excel/", views.excel_out, name="excel"),
    path("new/", views.choose, name="choose"),
    path("new/<slug:code>/", write_views.new, name="new"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/edit/", write_views.edit, name="edit"),
    path("<int:pk>/submit/", views.submit, name="submit"),
    path("<int:pk>/approve/", views.approve, name="approve"),
    path("<int:pk>/back/", views.send_back, name="send_back"),
    path("<int:pk>/void/", views.void, name="void"),
    path("<int:pk>/pdf/", entry_views.voucher_pdf, name="pdf"),
    path("month/<slug:code>/pdf/", entry_views.month_pdf, name="month_pdf"),
    path("entries/<slug:code>/<int:number>/", entry_views.entry, name="entry"),
    path("entries/<slug:code>/<int:number>/pdf/", entry_views.entry_pdf, name="entry_pdf"),
    path("entries/<slug:code>/<int:number>/correct/", entry_views.correct, name="correct"),
    path("entries/<slug:code>/<int:number>/reverse/", entry_views.reverse, name="reverse"),
    path(
        "entries/<slug:code>/<int:number>/receipts/",
        entry_views.receipts_pdf,
        name="receipts_pdf",
    ),
    path("receipts/", receipt_views.receipts, name="receipts"),
    path("receipts/excel/", receipt_views.receipts_excel, name="receipts_excel"),
    path("receipts/print/<slug:code>/", receipt_paper_views.print_receipts, name="print_receipts"),
    path("receipts/new/<slug:code>/", receipt_views.issue, name="issue"),
    path("receipts/sheet/<slug:code>/", receipt_views.receipt_sheet, name="receipt_sheet"),
    path(
        "receipts/sheet/<slug:code>/template/",
        receipt_views.receipt_template,
        name="receipt_template",
    ),
    path("receipts/gather/<slug:code>/", receipt_views.gather, name="gather"),
    path("receipts/<int:pk>/", receipt_views.receipt, name="receipt"),
    path("receipts/<int:pk>/pdf/", receipt_paper_views.receipt_pdf, name="receipt_pdf"),
    path("receipts/<int:pk>/void/", receipt_views.void_receipt, name="void_receipt"),
]
