"""Files: what a model is kept in, and the names that files may speak of."""

from onionskin.base.registry import register_serializable as register_keras_serializable
from onionskin.base.registry import registered_name as get_registered_name
from onionskin.saving.archive import read_archive as read_archive
from onionskin.saving.archive import write_archive as write_archive
from onionskin.saving.archive import write_atomically as write_atomically

__all__ = ["get_registered_name", "read_archive", "register_keras_serializable", "write_archive", "write_atomically"]
