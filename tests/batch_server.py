"""The Batch API on the model server: files, jobs that pass through states, and their output."""

import json
import random
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from tests.model_server import Answer, completion, model_server

ENDED = {"completed", "failed", "expired", "cancelled"}
Script = Callable[[Mapping[str, Any]], Answer]


@dataclass
class Course:
    """How a job goes: its state at each look at it, the last one for good.

    Of its lines only the first `done` are answered (None stands for all). `invalid` is why the
    file is refused. `spoil` changes the lines of the output before they are shuffled.
    """

    states: tuple[str, ...] = ("validating", "in_progress", "completed")
    done: int | None = None
    invalid: tuple[Mapping[str, Any], ...] = ()
    spoil: Callable[[list[str]], list[str]] = list


@dataclass
class BatchServer:
    """`script` answers each line of a job; jobs take `courses` in turn, further ones the last.

    `calls` are the requests to the API in their order, and `bought` has the line of each request
    that a model worked on, with what it was paid. `meet` is told of each request before it is
    handled and once it is; what it returns is sent in place of the answer.
    """

    script: Script
    courses: list[Course] = field(default_factory=lambda: [Course()])
    meet: Callable[[str, str], Answer | None] = lambda _when, _call: None
    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    bought: list[Mapping[str, Any]] = field(default_factory=list)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def asked_again(self) -> list[str]:
        """Return the requests that were bought more than once."""
        said = [json.dumps(line["body"], sort_keys=True) for line in self.bought]
        return sorted({one for one in said if said.count(one) > 1})

    def handle(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        path = target.partition("?")[0].removeprefix("/v1")
        call = f"{method} {path}"
        self.calls.append(call)
        answer = self.meet("before", call)
        if answer is None:
            with self._lock:
                answer = self._answer(call, target, headers, body)
        return self.meet("after", call) or answer

    def _answer(self, call: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        match call.split("/"):
            case ["POST ", "files"]:
                return self._upload(headers, body)
            case ["GET ", "files", id_, "content"] if id_ in self.files:
                return Answer(body=self.files[id_])
            case ["POST ", "batches"]:
                return self._create(json.loads(body))
            case ["GET ", "batches"]:
                return self._list(target)
            case ["GET ", "batches", id_] if id_ in self.jobs:
                return said(self._looked_at(id_))
            case ["POST ", "batches", id_, "cancel"] if id_ in self.jobs:
                self.jobs[id_]["_states"] = ["cancelled"]
                return said(self._looked_at(id_))
        return refused(404, "not_found", f"nothing here: {call}")

    def _upload(self, headers: Mapping[str, str], body: bytes) -> Answer:
        boundary = headers["content-type"].partition("boundary=")[2].strip('"').encode()
        parts = body.split(b"--" + boundary)[1:-1]
        fields, id_ = {}, f"file-{len(self.names)}"
        for part in parts:
            head, _, content = part[2:-2].partition(b"\r\n\r\n")
            name = re.search(rb'[; ]name="([^"]+)"', head)
            assert name
            fields[name[1].decode()] = content
            if file := re.search(rb'filename="([^"]+)"', head):
                self.names[id_] = file[1].decode()
        assert fields["purpose"] == b"batch"
        self.files[id_] = fields["file"]
        return said({"id": id_, "object": "file", "filename": self.names[id_], "purpose": "batch"})

    def _create(self, wanted: Mapping[str, Any]) -> Answer:
        assert wanted["endpoint"] == "/v1/chat/completions"
        assert wanted["completion_window"] == "24h"
        number = len(self.jobs)
        course = self.courses[min(number, len(self.courses) - 1)]
        id_ = f"batch_{number}"
        total = self.files[wanted["input_file_id"]].count(b"\n")
        self.jobs[id_] = {
            "id": id_,
            "object": "batch",
            "status": course.states[0],
            "created_at": 4_000_000_000 + number,
            "completion_window": "24h",
            "request_counts": {"total": total, "completed": 0, "failed": 0},
            **wanted,
            "_states": list(course.states),
            "_course": course,
        }
        return said(self.jobs[id_])

    def _list(self, target: str) -> Answer:
        after = re.search(r"after=([^&]+)", target)
        ids = list(reversed(self.jobs))
        if after:
            ids = ids[ids.index(after[1]) + 1 :]
        shown = [
            shown_job(self.jobs[id_]) for id_ in ids[:2]
        ]  # two a page, so that there are pages
        return said({"object": "list", "data": shown, "has_more": len(ids) > 2})

    def _looked_at(self, id_: str) -> Mapping[str, Any]:
        job = self.jobs[id_]
        states: list[str] = job["_states"]
        job["status"] = states.pop(0) if len(states) > 1 else states[0]
        counts = job["request_counts"]
        if job["status"] == "in_progress":
            counts["completed"] = counts["total"] // 2
        if job["status"] == "failed":
            job["errors"] = {"object": "list", "data": list(job["_course"].invalid)}
        elif job["status"] in ENDED and "output_file_id" not in job:
            self._work(job)
        return job

    def _work(self, job: dict[str, Any]) -> None:
        course: Course = job["_course"]
        lines = [json.loads(line) for line in self.files[job["input_file_id"]].splitlines()]
        done = len(lines) if course.done is None else course.done
        output, errors = [], []
        for line in islice(lines, done):
            answer = self.script(line["body"])
            (output if answer.status == 200 else errors).append(self._line(line, answer))
            if answer.status == 200:
                self.bought.append(line)
        code = f"batch_{job['status']}"
        error = {"code": code, "message": "This request could not be executed in time."}
        for line in lines[done:]:
            undone = {"custom_id": line["custom_id"], "response": None, "error": error}
            errors.append(json.dumps(undone))
        job["request_counts"].update(completed=len(output), failed=len(errors))
        shuffler = random.Random(7)  # noqa: S311
        for name, made in (("output", course.spoil(output)), ("error", errors)):
            shuffler.shuffle(made)
            id_ = f"file-{name}-{job['id']}"
            if made:
                self.files[id_] = "".join(f"{line}\n" for line in made).encode()
            job[f"{name}_file_id"] = id_ if made else None

    def _line(self, line: Mapping[str, Any], answer: Answer) -> str:
        body = answer.body or completion(answer, line["body"]["model"])
        response = {"status_code": answer.status, "request_id": "r", "body": json.loads(body)}
        made = {"id": "x", "custom_id": line["custom_id"], "response": response, "error": None}
        return json.dumps(made, ensure_ascii=False)


def shown_job(job: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in job.items() if not name.startswith("_")}


def said(what: Mapping[str, Any]) -> Answer:
    return Answer(body=json.dumps(shown_job(what)).encode())


def refused(status: int, code: str, message: str) -> Answer:
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": code}
    return Answer(status=status, body=json.dumps({"error": error}).encode())


@contextmanager
def batch_server(script: Script, *courses: Course) -> Iterator[BatchServer]:
    """Serve until the block ends; further questions than those of jobs are answered as well."""
    api = BatchServer(script, list(courses) or [Course()])
    with model_server(script, other=api.handle) as served:
        api.url = served.url
        yield api
