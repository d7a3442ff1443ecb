"""
Host names as they go over the wire and as people read them, and the address of the site.

Python's own codec follows the rules of 2003, in which `straße.example` is `strasse.example`,
another host. The library idna follows UTS 46, as browsers do.
"""

from urllib.parse import SplitResult, urlsplit

import idna

_USUAL_PORTS = {"http": 80, "https": 443}


def wire_name(host: str) -> str:
    """
    The host name in lower-case ASCII, such as `xn--zrich-kva.example`, as browsers send it.

    Names in ASCII, addresses, and patterns such as `*` and `.example.org` stay as they are.
    Raises ValueError for a name that cannot be sent.
    """
    if host.isascii():
        return host.lower()
    dot = "." if host.startswith(".") else ""
    return dot + idna.encode(host.removeprefix("."), uts46=True).decode()


def readable_name(address: str) -> str:
    """The host and the port of an absolute address, as people read them."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if "xn--" not in host:
        return parts.netloc
    try:
        host = idna.decode(host)
    except idna.IDNAError:
        # It was registered under other rules: browsers show it as it is.
        return parts.netloc
    return f"{host}:{parts.port}" if parts.port else host


def wire_netloc(address: str) -> str:
    """
    The host of an absolute address in its wire form, with the port unless it is the usual one.

    Raises ValueError for an address that cannot be parsed.
    """
    return _netloc(urlsplit(address))


def site_origin(address: str) -> str:
    """
    The address of the site as browsers write it in `Origin`: scheme, host and port.

    Raises ValueError with the end of a sentence about SITE_URL. It does not repeat the
    address, which may hold a password.
    """
    try:
        parts = urlsplit(address.strip())
        netloc = _netloc(parts)
    except ValueError as error:
        raise ValueError(
            f"is not an address that can be used here ({type(error).__name__})."
        ) from None
    if parts.scheme not in _USUAL_PORTS or not netloc:
        raise ValueError("must begin with http:// or https:// and name a host.")
    if parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError(
            f"must end after the host, as in {parts.scheme}://{netloc}: the site cannot "
            "live below a path, so give it a host name of its own."
        )
    return f"{parts.scheme}://{netloc}"


def _netloc(parts: SplitResult) -> str:
    host = wire_name(parts.hostname or "")
    if ":" in host:
        host = f"[{host}]"
    is_usual = parts.port in {None, _USUAL_PORTS.get(parts.scheme)}
    return host if is_usual else f"{host}:{parts.port}"
