import { describe, expect, test } from "bun:test";
import { createRedact, MAX_TEXT_LENGTH, redactSecrets, SECRET_QUERY_KEYS } from "./redact.ts";

/** @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/ (`url.full`, `url.query`) */
describe("redaction", () => {
  test.each([...SECRET_QUERY_KEYS])("the value of %s is replaced, in any case, and the key stays", (key) => {
    expect(redactSecrets(`a=1&${key}=s3cret&b=2`)).toBe(`a=1&${key}=REDACTED&b=2`);
    expect(redactSecrets(`${key.toUpperCase()}=s3cret`)).toBe(`${key.toUpperCase()}=REDACTED`);
    expect(redactSecrets(`${key.toLowerCase()}=s3cret`)).toBe(`${key.toLowerCase()}=REDACTED`);
  });

  test.each([
    ["keys match as a whole", "sigma=2&xsig=3&keys=4", "sigma=2&xsig=3&keys=4"],
    ["a query without a secret stays as it is, to the byte", "a=%7e&&b;c=%2Fx+y", "a=%7e&&b;c=%2Fx+y"],
    ["an encoded key", "%74oken=s3cret", "%74oken=REDACTED"],
    ["a nested key", "user[password]=s3cret&token[]=s3cret", "user[password]=REDACTED&token[]=REDACTED"],
    ["a value with an equals sign", "token=s3cret==", "token=REDACTED"],
    ["pairs that a semicolon separates", "a=1;token=s3cret", "a=1;token=REDACTED"],
    ["a fragment", "http://h/x#access_token=s3cret", "http://h/x#access_token=REDACTED"],
    ["a user and a password", "http://me:s3cret@h/x", "http://REDACTED:REDACTED@h/x"],
    ["a user alone", "http://s3cret@h/x", "http://REDACTED:REDACTED@h/x"],
    ["a password with an at sign", "http://me:s3@cret@h/x", "http://REDACTED:REDACTED@h/x"],
    ["a key with a plus sign in front, which is a space", "a=1&+token=s3cret", "a=1&+token=REDACTED"],
    ["a key with dots", "user.password=s3cret", "user.password=REDACTED"],
    ["pairs that commas separate, as in baggage", "a=b,c=d,token=s3cret,e=f", "a=b,c=d,token=REDACTED,e=f"],
    ["a JSON field", '{"a":1,"password": "s3\\"cret","b":"c"}', '{"a":1,"password": "REDACTED","b":"c"}'],
    ["JSON in a query", "f=%7B%22password%22%3A%22s3cret%22%7D", "f=%7B%22password%22%3A%22REDACTED%22%7D"],
    ["credentials of a header in a text", "sent authorization: Bearer s3c.ret=", "sent authorization: Bearer REDACTED"],
    ["basic credentials", "Basic dTpzM2NyZXQ=", "Basic REDACTED"],
    ["words that only begin like credentials", "Basic authentication is needed", "Basic authentication is needed"],
    ["a URL in the path", "/proxy/http://me:s3cret@h/x", "/proxy/http://REDACTED:REDACTED@h/x"],
    [
      "a URL in a value, where a redirect leads",
      `next=${encodeURIComponent("http://me:s3cret@h/?token=s3cret&a=1")}`,
      `next=${encodeURIComponent("http://REDACTED:REDACTED@h/?token=REDACTED&a=1")}`,
    ],
    [
      "several URLs in a text",
      "from //a:s3cret@h to //b:s3cret@i",
      "from //REDACTED:REDACTED@h to //REDACTED:REDACTED@i",
    ],
  ])("%s", (_what, text, shown) => {
    expect(redactSecrets(text)).toBe(shown);
  });

  test("half of a surrogate pair, which a cut leaves, does not throw", () => {
    expect(redactSecrets("\ud83d%3Ftoken%3Ds3cret")).toBe(encodeURIComponent("\ufffd?token=REDACTED"));
    expect(redactSecrets(`a%3Ftoken%3Ds3cret%26${"\u{1f600}".repeat(MAX_TEXT_LENGTH)}`)).not.toContain("s3cret");
  });

  test("the keys can be set", () => {
    expect(createRedact(["Session"])("session=1&token=2")).toBe("session=REDACTED&token=2");
  });

  test("a text has a bound on its length, also where a replacement is longer than the secret", () => {
    expect(redactSecrets("x".repeat(5_000_000))).toHaveLength(MAX_TEXT_LENGTH);
    expect(redactSecrets("token=1&".repeat(MAX_TEXT_LENGTH)).length).toBe(MAX_TEXT_LENGTH);
    expect(redactSecrets(`http://${"u".repeat(MAX_TEXT_LENGTH)}:s3cret@h/`)).toBe("http://REDACTED:REDACTED@h/");
  });
});
