"""发起申请: what is offered to whom, the form, the judged preview, one case for a double click, files."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yiwang.core.flow.models import Case, Definition
from yiwang.core.rights.models import Role
from yiwang.portal.cases.tests.world import KEY, Office, browser
from yiwang.portal.tests import people

pytestmark = pytest.mark.django_db
URL = f"/desk/start/{KEY}/"
FORM = {"reason": "换到朝南的房间", "rank": "正科级", "usable_area": "15", "idempotency": "one"}
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def test_who_may_ask_is_offered_it_and_an_administrator_is_not(office: Office) -> None:
    assert "调整办公室" in browser(office.cadre).get("/desk/start/").content.decode()
    admin = people.client(office.ours, Role.SECURITY_ADMIN)
    assert "调整办公室" not in admin.get("/desk/start/").content.decode()
    assert admin.get(URL).status_code == 403
    assert admin.post(URL, FORM).status_code == 403
    assert browser(office.cadre).get("/desk/start/no.such/").status_code == 404


def test_looking_writes_nothing(office: Office) -> None:
    cadre = browser(office.cadre)
    with CaptureQueriesContext(connection) as queries:
        for path in ("/desk/start/", URL, "/desk/", "/desk/all/"):
            assert cadre.get(path).status_code == 200
    written = [one["sql"] for one in queries if one["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert [sql for sql in written if "django_session" not in sql] == []
    assert not Definition.objects.exists()


def test_sent_twice_it_is_one_case_with_one_file(office: Office) -> None:
    cadre = browser(office.cadre)

    def form() -> dict[str, Any]:
        return FORM | {"file": SimpleUploadedFile("说明.pdf", PDF, "application/pdf")}

    first, second = cadre.post(URL, form()), cadre.post(URL, form())
    case = Case.objects.get()
    assert [first.status_code, second.status_code] == [302, 302], first.content.decode()
    assert first.headers["Location"] == second.headers["Location"] == f"/desk/{case.pk}/"
    assert case.title == "调整办公室:换到朝南的房间"
    assert case.organ == office.ours
    page = cadre.get(f"/desk/{case.pk}/")
    assert [one.name for one in page.context["files"]] == ["说明.pdf"]
    file = f"/files/{page.context['files'][0].pk}/"
    assert browser(office.manager).get(file).status_code == 200
    assert browser(office.stranger).get(file).status_code == 404


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_opened(office: Office) -> None:
    answer = browser(office.cadre).post(URL, FORM | {"usable_area": "很大", "reason": ""})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "有 2 处要改" in html
    assert 'id="error-usable_area"' in html
    assert "正科级" in html
    assert not Case.objects.exists()


def test_a_bad_file_undoes_the_whole(office: Office) -> None:
    bad = SimpleUploadedFile("病毒.exe", b"MZ" + b"\0" * 100)
    answer = browser(office.cadre).post(URL, FORM | {"file": bad})
    assert answer.status_code == 422
    assert not Case.objects.exists()


def test_the_preview_judges_what_is_typed_beside_its_field(office: Office) -> None:
    cadre = browser(office.cadre)
    half = cadre.post(f"{URL}preview/", {"rank": "正科级"}).content.decode()
    assert "填好" in half
    assert "事由" in half
    whole = cadre.post(f"{URL}preview/", FORM | {"usable_area": "24"}).content.decode()
    beside = whole.partition('id="says-usable_area"')[2].partition("</span></span>")[0]
    assert "超 6 平方米" in whole
    assert "超 6 平方米" in beside
    assert not Case.objects.exists()


def test_an_address_may_fill_in_the_form(office: Office) -> None:
    html = browser(office.cadre).get(f"{URL}?reason=楼上漏水").content.decode()
    assert "楼上漏水</textarea>" in html
