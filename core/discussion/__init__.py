"""Discussion on any record: what people write, what changed, who is called by name, what is attached."""

from core.discussion.subjects import Discussed as Discussed
