"""This client's right to talk to its server: pairing, tokens, the pinned certificate.

`credentials.py` is the file (mode 0600), `admission.py` keeps the tokens fresh, `pairing.py` gets them,
`http.py` asks the server.
"""
