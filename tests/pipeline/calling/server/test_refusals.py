import json

import pytest

from pipeline.calling.server.refusals import refusal


def openai(message: str, **more: object) -> dict[str, object]:
    return {"error": {"message": message, "type": "invalid_request_error", **more}}


GONE = "The model `gpt-9` does not exist or you do not have access to it."
TOO_LONG = "This model's maximum context length is 4096 tokens. However, you requested 9000 tokens."
UNSUPPORTED = "Unsupported parameter: 'max_tokens' is not supported with this model."
RENAMED = f"{UNSUPPORTED} Use 'max_completion_tokens' instead."
TOO_FAST = (
    "Rate limit reached for m on tokens per min. Limit: 40000. Please try again in 6ms. You can"
    " add a payment method at https://platform.openai.com/account/billing."
)


@pytest.mark.parametrize(
    ("status", "said", "kind"),
    [
        (401, openai("Incorrect API key provided: sk-a***z", code="invalid_api_key"), "key"),
        (401, {"detail": "Unauthorized"}, "key"),
        (401, "", "key"),
        (403, {"error": {"message": "Country, region, or territory not supported"}}, "key"),
        (400, openai("API key not valid. Please pass a valid API key."), "key"),
        (429, openai("You exceeded your quota", code="insufficient_quota"), "quota"),
        (429, openai("You exceeded your quota", type="insufficient_quota"), "quota"),
        (402, {"error": {"message": "Insufficient Balance", "code": "unknown"}}, "quota"),
        (400, openai("Access denied: overdue payment", code="Arrearage"), "quota"),
        (429, {"error": {"code": "1113", "message": "您的账户余额不足,请充值"}}, "quota"),
        (429, openai(TOO_FAST, code="rate_limit_exceeded"), "rate_limit"),
        (429, [{"error": {"code": 429, "message": "Resource exhausted"}}], "rate_limit"),
        (429, "slow down", "rate_limit"),
        (404, openai(GONE, code="model_not_found"), "model"),
        (403, openai("Project has no access to model `m`", code="model_not_found"), "model"),
        (400, openai("invalid model ID"), "model"),
        (400, {"detail": "Server is pinned to '/m'; requested 'x'."}, "model"),
        (404, {"error": {"message": 'model "qwen" not found, try pulling it first'}}, "model"),
        (
            404,
            {"object": "error", "message": "The model `m` does not exist.", "code": 404},
            "model",
        ),
        (400, openai("no", param="model"), "model"),
        (404, {"detail": "Not Found"}, "bad_request"),
        (404, "<html><title>404 Not Found</title></html>", "bad_request"),
        (400, openai(TOO_LONG, code="context_length_exceeded", param="messages"), "too_long"),
        (400, {"object": "error", "message": TOO_LONG, "type": "BadRequestError"}, "too_long"),
        (413, "Payload Too Large", "too_long"),
        (400, openai("Range of input length should be [1, 6000]"), "too_long"),
        (400, openai("The prompt triggered a policy", code="content_filter"), "filtered"),
        (400, openai("no", innererror={"code": "ResponsibleAIPolicyViolation"}), "filtered"),
        (400, {"code": "DataInspectionFailed", "message": "inappropriate content"}, "filtered"),
        (400, {"error": {"code": "1301", "message": "输入内容可能包含敏感内容"}}, "filtered"),
        (403, {"error": {"code": 403, "message": "your input was flagged"}}, "filtered"),
        (400, openai(RENAMED, param="max_tokens", code="unsupported_parameter"), "bad_request"),
        (400, openai("'messages' must be a list"), "bad_request"),
        (405, "Method Not Allowed", "bad_request"),
        (408, "", "server"),
        (409, "", "server"),
        (500, openai("The server had an error"), "server"),
        (503, openai("billing_hard_limit_reached"), "server"),
        (529, {"type": "error", "error": {"type": "overloaded_error"}}, "server"),
    ],
)
def test_what_servers_say_is_sorted_by_what_is_to_be_done(
    status: int, said: object, kind: str
) -> None:
    assert refusal(status, said).kind == kind


@pytest.mark.parametrize(
    ("status", "said", "about"),
    [
        (400, openai(RENAMED, param="max_tokens", code="unsupported_parameter"), "max_tokens"),
        (400, openai(RENAMED), "max_tokens"),
        # Another name for it would not help here.
        (400, openai("max_tokens is too large: 99999", param="max_tokens"), None),
        (400, openai("'json_schema' is no good", param="response_format"), "response_format"),
        (400, openai("bad schema", param="response_format.json_schema"), "response_format"),
        (400, openai("This response_format type is unavailable now"), "response_format"),
        (400, openai("'temperature' does not support 0.2", param="temperature"), "temperature"),
        (
            422,
            {"detail": [{"loc": ["body", "response_format"], "msg": "Extra inputs"}]},
            "response_format",
        ),
        (422, {"detail": "Unexpected keys in the request: {'top_p'}"}, "top_p"),
        (400, openai("the seed is not supported"), "seed"),
        (400, openai("what is this?", param="messages"), None),
        (500, openai("the response_format broke us"), None),
    ],
)
def test_a_setting_that_a_server_does_not_take_is_named(
    status: int, said: object, about: str | None
) -> None:
    found = refusal(status, said)
    assert found.about == about
    assert about is None or found.kind == "bad_request"


def test_only_a_server_that_gave_up_waiting_and_a_filter_may_have_let_the_model_work() -> None:
    billed = {s for s in range(400, 600) if refusal(s, "").may_be_billed}
    assert billed == {408, 502, 504, 520, 522, 524}
    assert refusal(400, openai("no", code="content_filter")).may_be_billed


def test_a_servers_words_come_in_one_short_line() -> None:
    assert refusal(500, "a\n\tb\x00 c").words == "a b c"
    assert refusal(502, "<html><head><TITLE>Bad\nGateway</title>…").words == "Bad Gateway"
    assert refusal(500, {"error": "only words"}).words == "only words"
    assert len(refusal(500, openai("w" * 10_000)).words) == 240
    assert refusal(500, b"\x8b\x00".decode(errors="replace")).words == ""
    twice = [{"loc": ["body", "a"], "msg": "no"}, {"loc": 3}, "odd"]
    assert refusal(422, {"detail": twice}).words == "a no;"


@pytest.mark.parametrize(
    "said",
    [None, 3, [], [3], {}, {"error": None}, {"error": []}, {"error": {}}, {"detail": []},
     {"detail": [None]}, {"detail": [{"loc": [None, None], "msg": 3}]}, {"error": {"code": []}},
     {"error": {"param": {}, "message": {}, "innererror": 3}}],
    ids=json.dumps,
)  # fmt: skip
def test_an_error_that_says_nothing_is_told_by_its_status(said: object) -> None:
    assert refusal(400, said).kind == "bad_request"
    assert refusal(429, said).kind == "rate_limit"
