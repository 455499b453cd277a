"""The files of a platform's app: compiled from the catalog, one by one or as an archive."""

import io
import zipfile

from integration.kernel.catalog import Catalog, dashed
from integration.kernel.specs import Platform

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The same catalog gives the same archive, byte for byte."""
READABLE = 0o644 << 16


def compiled(catalog: Catalog, platform: Platform, base_url: str) -> dict[str, bytes]:
    """Contents by path, in the order of the paths. `base_url` has no slash at its end."""
    if platform.compile_service:
        # What describes all of the service is imported when somebody first asks for it.
        from integration.web.openapi.whole import rest

        made = platform.compile_service(catalog, base_url, rest(catalog))
    else:
        made = platform.compile(catalog, base_url)
    found = {path: made[path] for path in sorted(made)}
    return {path: x.encode() if isinstance(x, str) else x for path, x in found.items()}


def folder(platform: Platform) -> str:
    """The name of the app's folder and archive."""
    return f"hookline-{dashed(platform.key)}"


def archive(catalog: Catalog, platform: Platform, base_url: str) -> bytes:
    """A zip of one folder with the app in it."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archived:
        for path, content in compiled(catalog, platform, base_url).items():
            entry = zipfile.ZipInfo(f"{folder(platform)}/{path}", EPOCH)
            entry.external_attr = READABLE
            entry.compress_type = zipfile.ZIP_DEFLATED
            archived.writestr(entry, content)
    return target.getvalue()
