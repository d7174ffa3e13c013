"""What staff can do with cases, free of any channel: a channel only translates.

A case is a service request or a handed-over conversation. Slack, the API and the terminal use it
the same way (`shell.desk`, `shell.board`; who they are is a handle: `slack:T1/U1`, `mailto:...`):

    me = Handle("slack:T1/U1")                         # registered with `main.py staff add`
    card = await shell.board.card(me, case_id)         # None: no such case for this person
    outcome = await shell.desk.press("reply", me, card.id, card.version, {"text": "On our way."})
    match outcome:
        case Done(version=version, notes=notes): ...   # notes: "told_later", "city_not_told", ...
        case Refused() as refused: say(refused.sentence)       # codes: `outcome.WHY`
        case Lost(to=name, own=own): say(f"{name} was first")  # own: an earlier press of mine
    for case_id in await shell.board.changed_since(at): ...    # to draw cards anew

What each action takes in `given` stands at its `act` (`actions/<action>.py`), who may do it in
`policy.RULES`. A card never holds a name or a handle; only "reveal" gives them, on record.
"""
