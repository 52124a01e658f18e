"""What proves who a person is beyond a passphrase: second factors, and how old the proof is."""
