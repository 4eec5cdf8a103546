// Loaded before a program: stands for a name server that leads every name to this machine.
// A TLS connection goes to TLS_PORT, since not everybody may listen on 443.
"use strict";
const dns = require("node:dns");
const tls = require("node:tls");

const { lookup } = dns;
const { connect } = tls;
dns.lookup = (name, ...rest) => lookup("127.0.0.1", ...rest);
tls.connect = (options, ...rest) => connect({ ...options, port: process.env.TLS_PORT }, ...rest);
