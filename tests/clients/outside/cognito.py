"""Two pools of Amazon Cognito, by moto: one key and one kid for both, so that the issuer alone decides."""

import logging
import os

import boto3
import jwt
import requests
from moto.cognitoidp.models import cognitoidp_backends
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from api import me, opens, opens_nothing
from scenarios import end, ready, refused, scenario, world

REGION = "eu-west-3"
ACCOUNT = "123456789012"
PASSWORD = "Un-mot-de-passe-9"

os.environ.update(
    AWS_ACCESS_KEY_ID="of-moto", AWS_SECRET_ACCESS_KEY="of-moto", AWS_DEFAULT_REGION=REGION, AWS_EC2_METADATA_DISABLED="true"
)


class Pool:
    """A pool with an application and a person."""

    def __init__(self, cognito, name):
        self.cognito, self.address = cognito, cognito.meta.endpoint_url
        self.id = cognito.create_user_pool(PoolName=name)["UserPool"]["Id"]
        self.issuer = f"https://cognito-idp.{REGION}.amazonaws.com/{self.id}"
        app = cognito.create_user_pool_client(
            UserPoolId=self.id, ClientName="mobile", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
        )
        self.client = app["UserPoolClient"]["ClientId"]
        cognito.admin_create_user(UserPoolId=self.id, Username="camille", MessageAction="SUPPRESS")
        cognito.admin_set_user_password(UserPoolId=self.id, Username="camille", Password=PASSWORD, Permanent=True)

    @property
    def keys(self):
        return f"{self.address}/{self.id}/.well-known/jwks.json"

    def log_in(self):
        """Tokens as Cognito gives them for a password."""
        return self.cognito.initiate_auth(
            ClientId=self.client,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "camille", "PASSWORD": PASSWORD},
        )["AuthenticationResult"]

    def token(self, use="access", client=None, **claims):
        """A token as Cognito's login page gives it, with scopes: moto has no such page, but its key signs."""
        claims = {"scope": "openid assurly/profil:lire", "cognito:groups": ["Gestionnaires"], **claims}
        pool = cognitoidp_backends[ACCOUNT][REGION].user_pools[self.id]
        return pool.create_jwt(client or self.client, "camille", use, extra_data=claims)[0]


logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
address = f"http://{host}:{port}"
cognito = boto3.client("cognito-idp", endpoint_url=address)
ours, foreign = Pool(cognito, "clients"), Pool(cognito, "of somebody else")
ready({"issuer": ours.issuer, "jwks_uri": ours.keys, "client_id": ours.client})
origin = world()["origin"]


@scenario("both pools have one key and one kid")
def _():
    one, two = (requests.get(pool.keys, timeout=5).json() for pool in (ours, foreign))
    assert one == two and [key["kid"] for key in one["keys"]] == ["dummy"], (one, two)


@scenario("a token of the listed pool opens the api")
def _():
    said = opens(origin, ours.token())
    assert said["issuer"] == ours.issuer and said["client"] == ours.client, said
    assert said["pool"] == "clients" and said["kind"] == "user", said
    assert said["scopes"] == ["profil:lire"] and said["groups"] == ["gestionnaires"], said


@scenario("a token of the other pool with the same key is refused")
def _():
    opens_nothing(origin, foreign.token())
    opens_nothing(origin, foreign.log_in()["AccessToken"])


@scenario("a token by password is known but has no scope of ours")
def _():
    answer = me(origin, ours.log_in()["AccessToken"])
    assert answer.status_code == 403, answer.text
    assert 'error="insufficient_scope"' in answer.headers["www-authenticate"], answer.headers


@scenario("an id token is refused")
def _():
    opens_nothing(origin, ours.log_in()["IdToken"])
    opens_nothing(origin, ours.token("id"))


@scenario("a token of another application of the pool is refused")
def _():
    opens_nothing(origin, ours.token(client="anotherapplication"))


@scenario("an expired token is refused")
def _():
    opens_nothing(origin, ours.token(iat=1_700_000_000, exp=1_700_003_600))


@scenario("pyjwt agrees on which pool a token is of")
def _():
    keys = jwt.PyJWKClient(ours.keys)
    token = ours.token()
    key = keys.get_signing_key_from_jwt(token)
    assert jwt.decode(token, key, algorithms=["RS256"], issuer=ours.issuer)["sub"]
    refused(jwt.InvalidIssuerError, lambda: jwt.decode(foreign.token(), key, algorithms=["RS256"], issuer=ours.issuer))


@scenario("an outage of the keys changes nothing")
def _():
    token = ours.token()
    opens(origin, token)
    server.stop()
    for _ in range(50):
        opens(origin, token)


end()
