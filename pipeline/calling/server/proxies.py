"""The proxy that the environment has for a server, and whether calls can go through it."""

from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from db.errors import NotCalled
from pipeline.calling.server.address import Address


def check_proxy(address: Address) -> None:
    """Raise NotCalled for a proxy of another kind than http; it is not shown, for its password."""
    if address.local or proxy_bypass(address.host):
        return
    proxies = getproxies()
    proxy = proxies.get(urlsplit(address.base_url).scheme) or proxies.get("all") or ""
    kind = proxy.partition("://")[0].lower() if "://" in proxy else "http"
    if kind not in ("http", "https"):
        raise NotCalled(
            f"the environment's proxy for {address.host} is of the kind {kind}, which calls cannot"
            " go through; set HTTPS_PROXY to one with http://, or NO_PROXY to this host"
        )
