"""A system's answers, of which half may be passed on in a dataset."""

from db import detections, runs
from db.engine import Store
from db.tables import Prompt, Question, Response, System
from pipeline import parts

ANSWERS = (
    "听起来你很累。\n\n今晚先写下来。",
    "你愿意说出来，已经不容易。",
    "先睡一觉，明天再看。",
    "慢慢来，一次一小步。",
    "不该出现：被搁置的回答。",
    "",
    "先联系身边的人，别独自待着。",
    "可以打我电话 13812345678 聊聊。",
)
QUESTIONS = (
    "睡不着",
    "考砸了",
    "和同事吵架",
    "不想上班",
    "搬家",
    "分手",
    "我撑不下去，想自杀",
    "失业",
)
STATUS = {4: "set_aside", 5: "refused"}


def add_answers(store: Store) -> None:
    """Add the system "cbt" with eight answers, and "empty" with none."""
    with store.writing() as session:
        asked = runs.start(session, stage="import questions", configuration={"licence": "psyqa"})
        answered = runs.start(session, stage="generate", configuration={"system": "cbt"})
        runs.end(answered, counts={})
        prompt = Prompt(
            name="cbt-zh", language="zh", text="system = '请回答'\n", content_hash="abc"
        )
        session.add(prompt)
        session.flush()
        settings = {"model": "made-up-1", "temperature": 0.7}
        system = System(name="cbt", kind="api", configuration=settings, prompt_id=prompt.id)
        session.add_all([system, System(name="empty", kind="api")])
        session.flush()
        ids = []
        for place, (title, answer) in enumerate(zip(QUESTIONS, ANSWERS, strict=True)):
            of_forum = place < 2
            question = Question(
                source="forum" if of_forum else "own",
                external_id=f"q{place + 1}",
                text=title,
                description="最近的事。",
                keywords=["生活"],
                run_id=asked.id if of_forum else None,
            )
            session.add(question)
            session.flush()
            response = Response(
                question_id=question.id,
                system_id=system.id,
                text=answer,
                status=STATUS.get(place, "kept"),
                run_id=answered.id,
            )
            if place == 0:
                said = {"validation": "听起来你很累。", "strategy": "今晚先写下来。"}
                response.parts = parts.spans_of_texts(answer, said)
            session.add(response)
            session.flush()
            ids.append(response.id)
        detector = detections.generated("cbt")
        reasons = {"mind_reading": "替组长下了判断"}
        common = {"detector": detector, "run_id": answered.id}
        first = {"response_id": ids[0], "presence": "yes", "labels": list(reasons)}
        second = {"response_id": ids[1], "presence": "no", "labels": []}
        detections.add(
            session,
            [{**common, **first, "reasons": reasons}, {**common, **second, "reasons": {}}],
        )
