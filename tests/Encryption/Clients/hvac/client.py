"""Drives the API with hvac and prints one line of JSON a check."""

import base64
import json
import os
import traceback

import hvac

ADDRESS = os.environ["VAULT_ADDR"]
client = hvac.Client(url=ADDRESS, token=os.environ["VAULT_TOKEN"])
transit = client.secrets.transit
kv = client.secrets.kv.v2


def b64(text):
    return base64.b64encode(text.encode()).decode()


def refused(error, action):
    try:
        action()
    except error:
        return
    raise AssertionError(f"expected {error.__name__}")


def status():
    assert client.is_authenticated()
    assert client.sys.is_initialized()
    assert not client.sys.is_sealed()
    assert client.sys.read_health_status(method="GET")["initialized"]
    assert client.sys.read_health_status(method="HEAD").status_code == 200
    assert client.sys.read_leader_status()["ha_enabled"] is False


def mounts():
    assert client.sys.list_mounted_secrets_engines()["data"]["transit/"]["type"] == "transit"
    client.sys.enable_secrets_engine("kv", path="py", options={"version": "2"})
    client.sys.tune_mount_configuration("py", max_lease_ttl="1h")
    assert client.sys.read_mount_configuration("py")["data"]["max_lease_ttl"] == 3600
    client.sys.disable_secrets_engine("py")
    assert "py/" not in client.sys.list_mounted_secrets_engines()["data"]
    assert client.sys.list_auth_methods()["data"]["token/"]["type"] == "token"


def tokens():
    assert "owner" in client.auth.token.lookup_self()["data"]["policies"]
    made = client.auth.token.create(policies=["developer"], ttl="10m")["auth"]
    child = hvac.Client(url=ADDRESS, token=made["client_token"])
    assert child.auth.token.lookup_self()["data"]["ttl"] > 500
    child.auth.token.renew_self(increment=300)
    child.auth.token.revoke_self()
    refused(hvac.exceptions.Forbidden, child.auth.token.lookup_self)
    refused(hvac.exceptions.InvalidRequest, client.auth.token.renew_self)
    found = client.sys.get_capabilities(["transit/encrypt/a"])["data"]
    assert "update" in found["transit/encrypt/a"], found


def secrets():
    kv.create_or_update_secret("py/one", secret={"a": "b"}, cas=0)
    refused(hvac.exceptions.InvalidRequest, lambda: kv.create_or_update_secret("py/one", secret={"a": "c"}, cas=0))
    kv.patch("py/one", secret={"c": "d"})
    read = kv.read_secret_version("py/one")["data"]
    assert read["data"] == {"a": "b", "c": "d"} and read["metadata"]["version"] == 2
    assert kv.read_secret_version("py/one", version=1)["data"]["data"] == {"a": "b"}
    assert kv.list_secrets("py")["data"]["keys"] == ["one"]


def versions():
    for n in range(3):
        kv.create_or_update_secret("py/versions", secret={"n": n})
    kv.delete_latest_version_of_secret("py/versions")
    refused(hvac.exceptions.InvalidPath, lambda: kv.read_secret_version("py/versions"))
    kv.undelete_secret_versions("py/versions", versions=[3])
    kv.delete_secret_versions("py/versions", versions=[1])
    kv.destroy_secret_versions("py/versions", versions=[2])
    known = kv.read_secret_metadata("py/versions")["data"]["versions"]
    assert known["1"]["deletion_time"] and known["2"]["destroyed"] and not known["3"]["deletion_time"]
    kv.update_metadata("py/versions", max_versions=5, cas_required=True)
    assert kv.read_secret_metadata("py/versions")["data"]["max_versions"] == 5
    kv.delete_metadata_and_all_versions("py/versions")
    refused(hvac.exceptions.InvalidPath, lambda: kv.read_secret_metadata("py/versions"))


def configuration():
    kv.configure(max_versions=9, cas_required=False)
    assert kv.read_configuration()["data"]["max_versions"] == 9


def keys():
    transit.create_key("py", exportable=True, allow_plaintext_backup=True)
    transit.rotate_key("py")
    transit.rotate_key("py")
    assert transit.read_key("py")["data"]["latest_version"] == 3
    assert "py" in transit.list_keys()["data"]["keys"]
    transit.update_key_configuration("py", min_decryption_version=2, min_encryption_version=3, deletion_allowed=True)
    assert list(transit.export_key("py", key_type="encryption-key")["data"]["keys"]) == ["2", "3"]
    backup = transit.backup_key("py")["data"]["backup"]
    transit.trim_key("py", min_version=2)
    transit.delete_key("py")
    refused(hvac.exceptions.InvalidPath, lambda: transit.read_key("py"))
    transit.restore_key(backup, name="py")
    assert transit.read_key("py")["data"]["latest_version"] == 3


def encryption():
    transit.create_key("py-e")
    made = transit.encrypt_data("py-e", plaintext=b64("text"))["data"]["ciphertext"]
    assert transit.decrypt_data("py-e", ciphertext=made)["data"]["plaintext"] == b64("text")
    transit.rotate_key("py-e")
    again = transit.rewrap_data("py-e", ciphertext=made)["data"]["ciphertext"]
    assert again.startswith("vault:v2:")
    batch = transit.encrypt_data("py-e", plaintext="", batch_input=[{"plaintext": b64("1")}, {"plaintext": b64("2")}])
    assert len(batch["data"]["batch_results"]) == 2
    data_key = transit.generate_data_key("py-e", key_type="plaintext")["data"]
    assert transit.decrypt_data("py-e", ciphertext=data_key["ciphertext"])["data"]["plaintext"] == data_key["plaintext"]
    refused(hvac.exceptions.InvalidRequest, lambda: transit.decrypt_data("py-e", ciphertext="vault:v1:AAAA"))


def signatures():
    transit.create_key("py-s", key_type="rsa-2048")
    for algorithm in ("pss", "pkcs1v15"):
        made = transit.sign_data("py-s", hash_input=b64("x"), signature_algorithm=algorithm)["data"]["signature"]
        verified = transit.verify_signed_data("py-s", hash_input=b64("x"), signature=made, signature_algorithm=algorithm)
        assert verified["data"]["valid"] is True
    made = transit.generate_hmac("py-s", hash_input=b64("x"))["data"]["hmac"]
    assert transit.verify_signed_data("py-s", hash_input=b64("x"), hmac=made)["data"]["valid"] is True
    assert len(base64.b64decode(transit.generate_random_bytes(16)["data"]["random_bytes"])) == 16
    assert len(transit.hash_data(b64("x"))["data"]["sum"]) == 64


def wrapping():
    wrapped = client.sys.wrap({"a": "b"}, ttl="5m") if hasattr(client.sys, "wrap") else client.adapter.post(
        url="/v1/sys/wrapping/wrap", json={"a": "b"}, wrap_ttl="5m")
    token = wrapped["wrap_info"]["token"]
    assert client.sys.unwrap(token=token)["data"] == {"a": "b"}
    refused(hvac.exceptions.InvalidRequest, lambda: client.sys.unwrap(token=token))


def namespaces():
    assert client.sys.list_namespaces()["data"]["keys"] == ["default/"]
    elsewhere = hvac.Client(url=ADDRESS, token=os.environ["VAULT_TOKEN"], namespace="default")
    assert elsewhere.secrets.kv.v2.read_secret_version("py/one")["data"]["data"]["a"] == "b"


for check in (status, mounts, tokens, secrets, versions, configuration, keys, encryption, signatures, wrapping, namespaces):
    try:
        check()
        print(json.dumps({"name": check.__name__, "ok": True}), flush=True)
    except Exception:
        print(json.dumps({"name": check.__name__, "ok": False, "error": traceback.format_exc()}), flush=True)
