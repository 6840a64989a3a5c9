//! Tables of `arrow` itself, with one thing in them changed.

use std::sync::Arc;

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, to_ffi};
use arrow_array::types::Int32Type;
use arrow_array::{Array as _, ArrayRef, DictionaryArray, RecordBatch, StringArray, StructArray};

use super::{Array, Schema};
use crate::{Refused, import};

const ROWS: i64 = 20;
/// The rows in which the plan is null, the last in the second byte of the bits.
const NULLS: [i64; 2] = [3, 12];

/// A table of a column `plan`, as it is handed over. The fields of its structs
/// are changed where they are.
struct Table {
    array: FFI_ArrowArray,
    schema: FFI_ArrowSchema,
}

impl Table {
    fn of(column: ArrayRef) -> Self {
        let rows = RecordBatch::try_from_iter_with_nullable([("plan", column, true)]).unwrap();
        let (array, schema) = to_ffi(&StructArray::from(rows).into_data()).unwrap();
        Self { array, schema }
    }

    fn of_plans() -> Self {
        let plan = |row| (!NULLS.contains(&row)).then_some("basic");
        Self::of(Arc::new((0..ROWS).map(plan).collect::<StringArray>()))
    }

    fn of_words() -> Self {
        let plans: DictionaryArray<Int32Type> = ["basic", "premium", "basic"].into_iter().collect();
        Self::of(Arc::new(plans))
    }

    fn rows(&mut self) -> &mut Array {
        // SAFETY: the mirror has the fields of the struct, which is ours.
        unsafe { &mut *(&raw mut self.array).cast() }
    }

    fn column(&mut self) -> &mut Array {
        // SAFETY: the same; there is one child, and nobody else has it.
        unsafe { &mut *(*self.rows().children).cast_mut() }
    }

    fn words(&mut self) -> &mut Array {
        // SAFETY: the same; a column of words has a dictionary.
        unsafe { &mut *self.column().dictionary.cast_mut() }
    }

    fn column_schema(&mut self) -> &mut Schema {
        let schema = (&raw mut self.schema).cast::<Schema>();
        // SAFETY: the same; there is one child.
        unsafe { &mut *(*(*schema).children).cast_mut() }
    }

    fn words_schema(&mut self) -> &mut Schema {
        // SAFETY: the same; a column of words has a dictionary.
        unsafe { &mut *self.column_schema().dictionary.cast_mut() }
    }

    /// Keeps so many rows from one on, and says how many nulls there are.
    fn cut(&mut self, offset: i64, length: i64, null_count: i64) {
        self.rows().length = length;
        let column = self.column();
        (column.offset, column.length, column.null_count) = (offset, length, null_count);
    }

    fn import(self) -> Result<RecordBatch, Refused> {
        // SAFETY: all that a change leads to is there.
        unsafe { import(self.array, &self.schema) }
    }

    #[track_caller]
    fn refused(self, said: &str) {
        match self.import() {
            Err(Refused::Unsound(error)) => assert_eq!(error, said),
            other => panic!("expected `{said}`, found {other:?}"),
        }
    }
}

#[test]
fn tables_of_arrow_are_read() {
    let rows = Table::of_plans().import().unwrap();
    assert_eq!((rows.num_rows(), rows.column(0).null_count()), (20, NULLS.len()));
    assert_eq!(Table::of_words().import().unwrap().num_rows(), 3);
}

#[test]
fn what_was_released_before_refused() {
    let nobody = std::ptr::null();
    let mut table = Table::of_plans();
    table.rows().release = nobody;
    assert!(matches!(table.import(), Err(Refused::Released("array"))));
    let mut table = Table::of_plans();
    table.column().release = nobody;
    table.refused("`plan`: the array was released, or given away, before");
    let mut table = Table::of_plans();
    table.column_schema().release = nobody;
    table.refused("the schema of a child was released, or given away, before");
    let mut table = Table::of_words();
    table.words().release = nobody;
    table.refused("`plan.dictionary`: the array was released, or given away, before");
    let mut table = Table::of_words();
    table.words_schema().release = nobody;
    table.refused("`plan.dictionary`: the schema was released, or given away, before");
}

#[test]
fn nulls_that_nobody_counted_are_refused() {
    let mut table = Table::of_plans();
    table.column().null_count = 0;
    table.refused("`plan`: its null_count is 0, and its buffer says 2");
    // Those of other rows do not count.
    for (offset, length, nulls) in [(3, 8, 1), (4, 8, 0), (4, 9, 1), (13, 7, 0), (12, 8, 1)] {
        let mut table = Table::of_plans();
        table.cut(offset, length, 0);
        match nulls {
            0 => assert_eq!(table.import().unwrap().column(0).null_count(), 0, "{offset}"),
            _ => table.refused("`plan`: its null_count is 0, and its buffer says 1"),
        }
    }
    let mut table = Table::of_plans();
    table.cut(3, 0, 0);
    assert_eq!(table.import().unwrap().num_rows(), 0);
}

#[test]
fn other_counts_are_compared_where_they_are_imported() {
    let mut table = Table::of_plans();
    table.column().null_count = 1;
    assert!(matches!(table.import(), Err(Refused::Arrow(_))));
    let mut table = Table::of_plans();
    table.column().null_count = -1;
    assert_eq!(table.import().unwrap().column(0).null_count(), NULLS.len());
}

#[test]
fn numbers_and_pointers_that_cannot_be_are_refused() {
    let mut table = Table::of_plans();
    table.column().length = -1;
    table.refused("`plan`: its length is -1, its offset 0");
    let mut table = Table::of_plans();
    table.column().null_count = ROWS + 1;
    table.refused("`plan`: its null_count is 21, its length 20");
    let mut table = Table::of_words();
    table.column().dictionary = std::ptr::null();
    table.refused("`plan`: its schema has a dictionary, and its array none");
    let mut table = Table::of_plans();
    table.column().n_buffers = 2;
    table.refused("`plan`: `u` does not have 2 buffers");
    let mut table = Table::of_plans();
    table.column().buffers = std::ptr::null();
    table.refused("`plan`: the list of buffers is NULL");
}
