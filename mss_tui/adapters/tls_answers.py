"""What an authority says of a certificate, believed when it signed: OCSP answers (RFC 6960), lists (RFC 5280 §5)."""

from __future__ import annotations

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from mss_tui.phrase import Phrase, say
from mss_tui.record import dataclass

LENIENCE = timedelta(minutes=5)
"""How far the clocks of two machines may be apart."""
_HASHES = {"sha256", "sha384", "sha512"}


class Unusable(Exception):
    """The answer says nothing of this certificate that may be believed."""

    def __init__(self, why: Phrase) -> None:
        super().__init__(why.template)
        self.why = why


@dataclass(frozen=True, slots=True)
class Said:
    """Is the certificate revoked, as of when, and until when that may be used; None: this once."""

    revoked: bool
    as_of: datetime
    until: datetime | None


def question(certificate: x509.Certificate, issuer: x509.Certificate) -> ocsp.OCSPRequest:
    """What a responder is asked. Without a nonce: its answers are kept, and most are made in advance (RFC 5019)."""
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, SHA1())  # noqa: S303 - a name, no proof
    return builder.build()


def from_ocsp(data: bytes, certificate: x509.Certificate, issuer: x509.Certificate, now: datetime) -> Said:
    """What a responder's answer says of `certificate`.

    Raises:
        Unusable: it is not one, not signed by the issuer or for it, not of now, or does not know the certificate.
    """
    try:
        answer = ocsp.load_der_ocsp_response(data)
        if answer.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise Unusable(say("le répondeur OCSP refuse de répondre"))
        if not any(_signed(answer, signer) for signer in (issuer, *_delegates(answer, issuer, now))):
            raise Unusable(say("la réponse OCSP n'est pas signée par l'autorité"))
        asked = question(certificate, issuer)
        mine = [one for one in answer.responses if _same(one, asked)]
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Unusable(say("la réponse OCSP est illisible")) from error
    if not mine or mine[0].certificate_status is ocsp.OCSPCertStatus.UNKNOWN:
        raise Unusable(say("le répondeur OCSP ne connaît pas ce certificat"))
    one = mine[0]
    _of_now(one.this_update_utc, one.next_update_utc, now)
    return Said(one.certificate_status is ocsp.OCSPCertStatus.REVOKED, one.this_update_utc, one.next_update_utc)


def from_list(data: bytes, certificate: x509.Certificate, issuer: x509.Certificate, now: datetime) -> Said:
    """What a complete list says of `certificate`.

    Raises:
        Unusable: it is not one, not signed by the issuer, not of now, or only a part of what it should be.
    """
    try:
        crl = x509.load_pem_x509_crl(data) if b"-----BEGIN" in data[:100] else x509.load_der_x509_crl(data)
        algorithm = crl.signature_hash_algorithm
        signed = (
            crl.issuer == issuer.subject
            and (algorithm is None or algorithm.name in _HASHES)
            and _signs_lists(issuer)
            and crl.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]
        )
        if not signed:
            raise Unusable(say("la liste de révocation n'est pas signée par l'autorité"))
        if not _complete(crl, certificate):
            raise Unusable(say("la liste de révocation n'est pas complète"))
        entry = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Unusable(say("la liste de révocation est illisible")) from error
    if crl.next_update_utc is None:
        raise Unusable(say("la liste de révocation ne dit pas jusqu'à quand elle vaut"))
    _of_now(crl.last_update_utc, crl.next_update_utc, now)
    return Said(entry is not None, crl.last_update_utc, crl.next_update_utc)


def _of_now(since: datetime, until: datetime | None, now: datetime) -> None:
    if since > now + LENIENCE:
        raise Unusable(say("la réponse de l'autorité n'est pas encore valable"))
    if (until is not None and until <= now) or (until is None and now - since > timedelta(days=1)):
        raise Unusable(say("la réponse de l'autorité est périmée"))


def _same(one: ocsp.OCSPSingleResponse, asked: ocsp.OCSPRequest) -> bool:
    return (
        one.serial_number == asked.serial_number
        and one.hash_algorithm.name == asked.hash_algorithm.name
        and one.issuer_key_hash == asked.issuer_key_hash
        and one.issuer_name_hash == asked.issuer_name_hash
    )


def _delegates(answer: ocsp.OCSPResponse, issuer: x509.Certificate, now: datetime) -> list[x509.Certificate]:
    """Certificates in the answer to which the issuer gave the right to answer (RFC 6960 §4.2.2.2)."""
    found = []
    for one in answer.certificates[:4]:
        try:
            one.verify_directly_issued_by(issuer)
            usage = one.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
            continue
        if ExtendedKeyUsageOID.OCSP_SIGNING in usage and one.not_valid_before_utc <= now <= one.not_valid_after_utc:
            found.append(one)
    return found


def _signed(answer: ocsp.OCSPResponse, signer: x509.Certificate) -> bool:
    key, algorithm = signer.public_key(), answer.signature_hash_algorithm
    signature, data = answer.signature, answer.tbs_response_bytes
    try:
        if isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
            key.verify(signature, data)
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), _strong(algorithm))
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(_strong(algorithm)))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _strong(algorithm: HashAlgorithm | None) -> HashAlgorithm:
    if algorithm is None or algorithm.name not in _HASHES:
        raise ValueError("hash")
    return algorithm


def _signs_lists(issuer: x509.Certificate) -> bool:
    try:
        return issuer.extensions.get_extension_for_class(x509.KeyUsage).value.crl_sign
    except x509.ExtensionNotFound:
        return True


def _complete(crl: x509.CertificateRevocationList, certificate: x509.Certificate) -> bool:
    """Neither a delta nor for other certificates than this one (RFC 5280 §5.2.4, §5.2.5)."""
    authority = _is_authority(certificate)
    for extension in crl.extensions:
        value = extension.value
        if isinstance(value, x509.IssuingDistributionPoint):
            partial = value.indirect_crl or value.only_contains_attribute_certs or value.only_some_reasons
            wrong_kind = value.only_contains_user_certs if authority else value.only_contains_ca_certs
            if partial or wrong_kind:
                return False
        elif extension.critical:
            return False
    return True


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def named(certificate: x509.Certificate) -> tuple[list[str], list[str]]:
    """The responders and the lists that a certificate names, by address."""
    responders, lists = [], []
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
        responders = [
            one.access_location.value
            for one in access
            if one.access_method == AuthorityInformationAccessOID.OCSP
            and isinstance(one.access_location, x509.UniformResourceIdentifier)
        ]
    except x509.ExtensionNotFound:
        pass
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
        lists = [
            name.value
            for point in points
            if not point.reasons and not point.crl_issuer
            for name in point.full_name or ()
            if isinstance(name, x509.UniformResourceIdentifier)
        ]
    except x509.ExtensionNotFound:
        pass
    return responders, lists


def octets(request: ocsp.OCSPRequest) -> bytes:
    """The request as it goes on the line."""
    return request.public_bytes(Encoding.DER)
