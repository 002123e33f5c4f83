// Passkeys for the one form that has the id "passkey": makes one (data-work="create") or asks for one
// (data-work="get"), puts the answer into the field "credential" as JSON with base64url, and sends the
// form. Without this script, or in a browser without passkeys, the form stays hidden and the page says
// what to do instead.
'use strict';
(() => {
  const form = document.getElementById('passkey');
  if (!form || !window.PublicKeyCredential) return;
  const { work, challenge, rpId, rpName, user, userName, known } = form.dataset;
  const failed = document.getElementById('passkey-failed');

  const bytesOf = (text) => {
    const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  };
  const textOf = (buffer) => {
    const plain = String.fromCharCode(...new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  };

  const create = async () => {
    const publicKey = {
      challenge: bytesOf(challenge),
      rp: { id: rpId, name: rpName },
      user: { id: bytesOf(user), name: userName, displayName: userName },
      pubKeyCredParams: [-8, -7].map((alg) => ({ type: 'public-key', alg })),
      authenticatorSelection: {
        residentKey: 'required',
        requireResidentKey: true,
        userVerification: 'required',
      },
      excludeCredentials: known
        .split(' ')
        .filter(Boolean)
        .map((id) => ({ type: 'public-key', id: bytesOf(id) })),
      attestation: 'none',
    };
    const made = await navigator.credentials.create({ publicKey });
    return {
      clientDataJSON: textOf(made.response.clientDataJSON),
      attestationObject: textOf(made.response.attestationObject),
    };
  };

  const get = async () => {
    const publicKey = { challenge: bytesOf(challenge), rpId, userVerification: 'required' };
    const { rawId, response } = await navigator.credentials.get({ publicKey });
    return {
      id: textOf(rawId),
      clientDataJSON: textOf(response.clientDataJSON),
      authenticatorData: textOf(response.authenticatorData),
      signature: textOf(response.signature),
      userHandle: textOf(response.userHandle ?? new ArrayBuffer(0)),
    };
  };

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    failed.hidden = true;
    try {
      const answer = await (work === 'create' ? create() : get());
      form.elements.credential.value = JSON.stringify(answer);
    } catch {
      failed.hidden = false;
      return;
    }
    form.submit();
  });
  document.getElementById('passkey-script').hidden = true;
  form.hidden = false;
})();
