"""One write of the JSON:API face: transaction, dry run and Idempotency-Key around what a view does."""

from ..engine import idempotency, render


def write_and_reply(service, exchange, namespace, run, make=True, limited=True):
    """The answer of `run(session)` → (status, body, headers), in one transaction that is kept whole or not at all.

    A request that has faults already is only read, so that the others are found too. A dry run answers 200
    and keeps nothing; an Idempotency-Key that was used gives its answer again. `make` and `limited` are those of
    Namespaces.write().
    """
    key = exchange.idempotency_key
    if exchange.findings.faults:
        with service.namespaces.read(namespace) as session:
            run(session)
    fingerprint = exchange.fingerprint(key) if key else None
    with service.namespaces.write(namespace, make=make, keep=not exchange.dry_run, limited=limited) as session:
        stored = idempotency.stored_answer(session, key, fingerprint) if key else None
        if stored:
            status, body, headers = stored
            return exchange.reply(status, body, [*headers, ("Idempotency-Replayed", "true")])
        status, body, headers = run(session)
        if key:
            idempotency.keep_answer(session, key, fingerprint, status, body, headers)
    if exchange.dry_run:
        body = body or render.document(links=exchange.links, meta=exchange.meta())
        return exchange.reply(200, body)
    return exchange.reply(status, body, headers)
