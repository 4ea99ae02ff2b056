"""What may be asked of a finished sweep: from its folder to the results of an analysis.

Reads the sweep, hands its numbers to the analyses, and runs histories again where the question
needs that (flip, trade, autopsy). Each answer is a result of :mod:`deter.analysis` with a heading.
"""

from deter.inquiry.asking import ASKED, ask, questions
from deter.inquiry.question import MEASURE, Answer, Question, questions_of

__all__ = ["ASKED", "MEASURE", "Answer", "Question", "ask", "questions", "questions_of"]
