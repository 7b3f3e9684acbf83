"""The bytes of an attachment: always a download, never a page, only to who may see what it is about."""

from __future__ import annotations

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponseRedirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from yiwang.core.attachments import actions
from yiwang.core.attachments.kinds import ACCEPT
from yiwang.core.rights.middleware import AccessRequest
from yiwang.kit.refusal import Refusal

#: Even a browser that opens it in spite of all may run nothing.
POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


@require_GET
def download(request: AccessRequest, pk: int) -> FileResponse:
    """The file under the name it was given. 404 for a stranger's as for none; a refusal while it is held."""
    row = actions.readable(request.access, pk)
    if row is None:
        raise Http404
    if not row.ready:
        raise Refusal("attachment.held", f"“{row.name}”{row.get_state_display()},不能下载;待查毒的请稍后再来。")
    answer = FileResponse(default_storage.open(row.path), as_attachment=True, filename=row.name, content_type=row.kind)
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@require_POST
def remove(request: AccessRequest, pk: int) -> HttpResponseRedirect:
    """Take it away, and back to the page it was on."""
    actions.remove(attachment=pk, access=request.access, now=timezone.now())
    messages.success(request, "附件已删除。")
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(back if safe else "/")


def accepted(request: HttpRequest) -> dict[str, str]:
    """Context processor: what a file field of an attachment accepts."""
    return {"attachments_accept": ACCEPT}
