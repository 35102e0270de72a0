// A certified OpenID Connect provider (npm's oidc-provider) as a process of its own. Whoever types a name is that person; groups are an argument.
// node oidc-provider.mjs NODE_MODULES CLIENT_ID CLIENT_SECRET '{"ann": ["data-science"]}'
import { createServer } from "node:http";

const [modules, client_id, client_secret, given] = process.argv.slice(2);
const { default: Provider } = await import(`${modules}/oidc-provider/lib/index.js`);
const groups = JSON.parse(given);
const server = createServer();
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const issuer = `http://127.0.0.1:${server.address().port}`;
const callback = "/signin/oidc/callback";

const provider = new Provider(issuer, {
  clients: [{ client_id, client_secret, redirect_uris: [`${issuer}${callback}`], token_endpoint_auth_method: "client_secret_post" }],
  claims: { openid: ["sub"], profile: ["preferred_username", "groups"] },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: `subject of ${id}`.replaceAll(" ", "-"), preferred_username: id, groups: groups[id] ?? [] }) }),
  pkce: { required: () => true },
  cookies: { keys: ["of tests"] },
});
// The server that is tested has a port of its own each time.
provider.Client.prototype.redirectUriAllowed = (uri) => new URL(uri).hostname === "127.0.0.1" && new URL(uri).pathname === callback;
server.on("request", provider.callback());
console.log(`listening at ${issuer}`);
