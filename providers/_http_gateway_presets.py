"""Presets of gateways with an HTTP API: sets of settings, before which a user's own count."""

from collections.abc import Mapping

from integration.kernel.specs import Values
from providers._http_gateway_lines import Line, merged

Parts = Mapping[str, str]
"""Settings by their names, as a user could enter them."""
OTHER: Parts = {
    "method": "POST",
    "path": "/",
    "send_as": "json",
    "parameters": "to={to}\ntext={text}\nfrom={from}",
    "headers": "",
    "success": "",
    "refused": "",
    "later": "",
    "id_at": "none",
    "check_path": "",
    "check_success": "",
    "balance_at": "",
    "inbound": "id=id\nfrom=from\nto=to\ntext=text\ntime=time",
    "receipts": "id=id\nreference=reference\nstatus=status\nreason=reason\ntime=time",
    "receipt_words": "",
    "receipt_query": "reference={ref}",
    "answer": "json",
}
KANNEL: Parts = {
    **OTHER,
    "method": "GET",
    "path": "/cgi-bin/sendsms",
    "send_as": "query",
    "parameters": """
        username={username}
        password={api_key}
        to={to}
        text={text}
        from={from}
        charset=UTF-8
        coding={unicode=2}
        dlr-mask={receipts=31}
        dlr-url={receipt_url}
    """,
    # 3 is said while no SMS centre is connected: Kannel keeps the text until one is.
    "success": "status=202\ntext=0:\ntext=3:",
    "later": "status=503\ntext=Temporal failure",
    # Without a receiver it looks at the name and the password, and nothing is sent.
    "check_path": "/cgi-bin/sendsms",
    "check_success": "status=400\ntext=Missing receiver number",
    "inbound": "id=id\nfrom=from\nto=to\ntext=text\ntime=time\ncharset=charset",
    "receipts": "reference=ref\nstatus=status\nreason=answer",
    # The bits of dlr-mask. Two at once do not occur in practice; the first here would count.
    "receipt_words": "2=failed\n16=failed\n1=delivered\n8=sent\n4=queued",
    "receipt_query": "ref={ref}&status=%d&answer=%A",
    "answer": "empty",
}
JASMIN: Parts = {
    **OTHER,
    "path": "/send",
    "send_as": "form",
    # Jasmin refuses a request with both contents, and a parameter that it does not know.
    "parameters": """
        username={username}
        password={api_key}
        to={to}
        from={from}
        coding={unicode=8}
        content={text_gsm}
        hex-content={text_ucs2_hex}
        dlr={receipts=yes}
        dlr-level={receipts=3}
        dlr-method={receipts=POST}
        dlr-url={receipt_url}
    """,
    "success": 'status=200\ntext=Success "',
    "later": 'status=403\ntext=Error "User throughput exceeded',
    "id_at": 'regex=Success "([^"]+)"',
    "check_path": "/balance",
    "balance_at": "balance",
    "inbound": "id=id\nfrom=from\nto=to\ntext=content\nhex=binary\ncoding=coding",
    "receipts": "id=id\nreference=ref\nstatus=message_status\nreason=err",
    # ASSUMED_JASMIN_DLR_URL: the form is posted to the address as it is, with its query.
    # Level 1 names the answer of the SMS centre, levels 2 and 3 SMPP's own word.
    "receipt_words": "ESME_ROK=sent\nACCEPTD=sent",
    "receipt_query": "ref={ref}",
    "answer": "ack_jasmin",
}
TRACCAR: Parts = {
    **OTHER,
    "parameters": "to={to}\nmessage={text}",
    "headers": "Authorization={api_key}",
    "success": "status=200\ntext=",
}
PRESETS: Mapping[str, Parts] = {
    "kannel": KANNEL,
    "jasmin": JASMIN,
    "traccar": TRACCAR,
    "other": OTHER,
}
LABELS = {
    "kannel": "Kannel",
    "jasmin": "Jasmin",
    "traccar": "traccar SMS Gateway",
    "other": "Another HTTP API",
}
MERGED = ("parameters", "headers", "inbound", "receipts", "receipt_words")
"""Settings of lines, where a user replaces, adds or removes single ones."""


def part(options: Values, name: str) -> str:
    """One setting that is given or the preset's."""
    return str(options.get(name) or PRESETS[options["preset"]][name])


def rows(options: Values, name: str) -> list[Line]:
    """One of MERGED: the preset's lines with the user's."""
    return merged(PRESETS[options["preset"]][name], options.get(name) or "")


def names(options: Values, name: str) -> dict[str, str]:
    """The same as a map."""
    return {each.name: each.value for each in rows(options, name)}
