"""What may leave: candidates, risk, suppression, audit, ledger, publication.

What belongs here: deciding cell by cell what a reader may see, proving that the hidden cannot be
worked out from the shown, writing the released folder and its ledger. What does not: computing a
statistic (measures, impact) or showing one (outputs, reports).

The order: ``candidates`` (what asks to leave) -> ``primary`` (what may not, by itself) ->
``secondary`` (what would give it away) -> ``audit`` (could somebody still work it out?), put
together by ``control``; then ``publish`` and ``ledger``.

Beside it, the rows that never leave: ``risk`` (k-anonymity), ``diversity`` and ``closeness`` (l, t) with
``sensitive`` (of what), ``generalise`` (what coarser columns would change), all on ``classes``; and
``figures``, which of these numbers may be told.
"""
