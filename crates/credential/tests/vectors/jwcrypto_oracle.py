#!/usr/bin/env python3
"""jwcrypto (https://pypi.org/project/jwcrypto/, on OpenSSL) as an independent opinion about our JOSE objects.

make   writes jwcrypto.json: fresh keys with tokens by jwcrypto, which our tests must accept.
check  reads JSON from stdin with keys and tokens of ours, and fails unless jwcrypto accepts every one.
"""
import json
import sys

import jwcrypto.jwe
import jwcrypto.jwk
import jwcrypto.jws

SIGNATURES = {
    "ES256": {"kty": "EC", "crv": "P-256"},
    "ES384": {"kty": "EC", "crv": "P-384"},
    "EdDSA": {"kty": "OKP", "crv": "Ed25519"},
    "RS256": {"kty": "RSA", "size": 2048},
    "PS256": {"kty": "RSA", "size": 2048},
}
ENCRYPTIONS = [
    ("RSA-OAEP-256", {"kty": "RSA", "size": 2048}),
    ("ECDH-ES", {"kty": "EC", "crv": "P-256"}),
    ("ECDH-ES", {"kty": "EC", "crv": "P-384"}),
    ("ECDH-ES+A256KW", {"kty": "EC", "crv": "P-256"}),
    ("ECDH-ES+A256KW", {"kty": "EC", "crv": "P-384"}),
]
CONTENTS = ["A128GCM", "A256GCM", "A128CBC-HS256"]
PAYLOAD = "payload é 𝄞"


def pkcs8(key):
    pem = key.export_to_pem(private_key=True, password=None).decode()
    return "".join(line for line in pem.splitlines() if "-" not in line)


def make():
    jws, jwe = [], []
    for alg, parameters in SIGNATURES.items():
        key = jwcrypto.jwk.JWK.generate(**parameters)
        token = jwcrypto.jws.JWS(PAYLOAD)
        token.add_signature(key, None, json.dumps({"alg": alg, "kid": key.thumbprint()}))
        detached = token.serialize(compact=True).split(".")
        detached[1] = ""
        jws.append({
            "alg": alg, "key": key.export(as_dict=True), "pkcs8": pkcs8(key), "thumbprint": key.thumbprint(),
            "token": token.serialize(compact=True), "detached": ".".join(detached),
        })
    for alg, parameters in ENCRYPTIONS:
        key = jwcrypto.jwk.JWK.generate(**parameters)
        for enc in CONTENTS:
            header = {"alg": alg, "enc": enc, "apu": "QWxpY2U", "apv": "Qm9i"}
            if alg == "RSA-OAEP-256":
                header = {"alg": alg, "enc": enc}
            token = jwcrypto.jwe.JWE(PAYLOAD.encode(), json.dumps(header))
            token.add_recipient(key)
            jwe.append({
                "alg": alg, "enc": enc, "key": key.export(as_dict=True), "pkcs8": pkcs8(key),
                "token": token.serialize(compact=True),
            })
    with open("jwcrypto.json", "w", encoding="utf-8") as out:
        json.dump({"payload": PAYLOAD, "jws": jws, "jwe": jwe}, out, ensure_ascii=False, indent=1)


def check():
    ours = json.load(sys.stdin)
    payload = ours["payload"].encode()
    for case in ours["jws"]:
        key = jwcrypto.jwk.JWK(**case["public"])
        assert key.thumbprint() == case["public"]["kid"], case
        token = jwcrypto.jws.JWS()
        token.allowed_algs = [case["alg"]]
        token.deserialize(case["token"], key)
        assert token.payload == payload, case
    for case in ours["jwe"]:
        pem = "-----BEGIN PRIVATE KEY-----\n" + case["pkcs8"] + "\n-----END PRIVATE KEY-----\n"
        key = jwcrypto.jwk.JWK.from_pem(pem.encode())
        token = jwcrypto.jwe.JWE(algs=[case["alg"], case["enc"]])
        token.deserialize(case["token"], key)
        assert token.payload == payload, case
    print(f"{len(ours['jws'])} signatures, {len(ours['jwe'])} encryptions accepted by jwcrypto")


if __name__ == "__main__":
    {"make": make, "check": check}[sys.argv[1]]()
